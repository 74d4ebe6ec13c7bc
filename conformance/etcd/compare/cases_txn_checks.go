package main

import (
	"fmt"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// manyPuts gives n puts of different keys.
func manyPuts(n int) []*pb.RequestOp {
	list := make([]*pb.RequestOp, n)
	for i := range list {
		list[i] = opPut(fmt.Sprintf("many/%03d", i), "x")
	}
	return list
}

func manyCompares(n int) []*pb.Compare {
	list := make([]*pb.Compare, n)
	for i := range list {
		list[i] = ifVersion(fmt.Sprintf("many/%03d", i), equal, 0)
	}
	return list
}

// txnCheckCases are about what is refused before anything is executed, and in which order.
func txnCheckCases() []testCase {
	return []testCase{
		{name: "txn/check/op-count", run: func(t *T) {
			for _, request := range []*pb.TxnRequest{then(manyPuts(129)...), {Failure: manyPuts(129)}, {Compare: manyCompares(129)}, {Compare: manyCompares(128)}, then(manyPuts(128)...), {Failure: manyPuts(128)}} {
				t.counted(request)
			}
		}},
		{name: "txn/check/op-count-nested", run: func(t *T) {
			nested := func(outer, inner int) *pb.TxnRequest {
				return &pb.TxnRequest{Success: append(manyPuts(outer), opTxn(then(manyGets(inner)...)))}
			}
			t.counted(nested(127, 1))
			t.counted(nested(126, 1))
			t.counted(nested(126, 2))
			t.counted(nested(63, 64))
			t.counted(nested(63, 65))
			t.counted(nested(0, 127))
			t.counted(nested(0, 128))
			t.counted(&pb.TxnRequest{Compare: manyCompares(128), Success: ops(opTxn(then(opGet("a", ""))))})
			t.counted(&pb.TxnRequest{Compare: manyCompares(128), Success: ops(opTxn(&pb.TxnRequest{}))})
		}},
		{name: "txn/check/op-count-before-keys", run: func(t *T) {
			t.counted(&pb.TxnRequest{Compare: []*pb.Compare{{}}, Success: manyPuts(129)})
			t.counted(then(append(manyPuts(128), opPut("", ""))...))
		}},
		{name: "txn/check/empty-keys", run: func(t *T) {
			t.txns(&pb.TxnRequest{Compare: []*pb.Compare{{}}}, then(opPut("", "")), then(opGet("", "")), then(opDel("", "")), &pb.TxnRequest{Failure: ops(opPut("", ""))},
				then(opTxn(then(opPut("", "")))), then(opTxn(&pb.TxnRequest{Compare: []*pb.Compare{{}}})))
		}},
		{name: "txn/check/put-flags", run: func(t *T) {
			t.txns(then(putOp(&pb.PutRequest{Key: b("a"), Value: b("x"), IgnoreValue: true})), then(putOp(&pb.PutRequest{Key: b("a"), Lease: 1, IgnoreLease: true})),
				then(putOp(&pb.PutRequest{Key: b("a"), Value: b("x"), Lease: 1, IgnoreValue: true, IgnoreLease: true})))
		}},
		{name: "txn/check/sort-options", run: func(t *T) {
			t.txns(then(rangeOp(&pb.RangeRequest{Key: b("a"), SortOrder: 9})), then(rangeOp(&pb.RangeRequest{Key: b("a"), SortTarget: 9})), &pb.TxnRequest{Failure: ops(rangeOp(&pb.RangeRequest{Key: b("a"), SortOrder: 9}))})
		}},
		{name: "txn/check/op-without-request", run: func(t *T) {
			t.txns(then(&pb.RequestOp{}), then(opPut("a", "1"), &pb.RequestOp{}), &pb.TxnRequest{Failure: ops(&pb.RequestOp{})}, then(opTxn(then(&pb.RequestOp{}))))
			t.all()
		}},
		{name: "txn/check/order-of-errors", run: func(t *T) {
			t.txns(&pb.TxnRequest{Compare: []*pb.Compare{{}}, Success: ops(&pb.RequestOp{})}, &pb.TxnRequest{Success: ops(opPut("a", "1"), opPut("a", "2")), Failure: ops(opPut("", ""))},
				&pb.TxnRequest{Success: ops(opPut("a", "1"), opPut("a", "2"), &pb.RequestOp{})}, &pb.TxnRequest{Success: ops(putOp(&pb.PutRequest{Key: b("a"), Lease: 4711}), rangeOp(&pb.RangeRequest{Key: b("a"), Revision: t.at(77)}))},
				then(putOp(&pb.PutRequest{Key: b("a"), Lease: 4711}), putOp(&pb.PutRequest{Key: b("b"), IgnoreValue: true})), then(putOp(&pb.PutRequest{Key: b("a"), Lease: 4711, IgnoreValue: true})))
		}},
		{name: "txn/duplicate/puts", run: func(t *T) {
			t.txns(then(opPut("a", "1"), opPut("a", "2")), &pb.TxnRequest{Failure: ops(opPut("a", "1"), opPut("a", "2"))}, choose(ifVersion("a", equal, 0), ops(opPut("a", "1")), ops(opPut("a", "2"))))
			t.all()
		}},
		{name: "txn/duplicate/put-and-delete", run: func(t *T) {
			t.txns(then(opPut("a", "1"), opDel("a", "")), then(opDel("a", ""), opPut("a", "1")), then(opPut("a", "1"), opDel("a", "b")), then(opDel("a", "b"), opPut("a", "1")),
				then(opPut("b", "1"), opDel("a", "b")), then(opPut("c", "1"), opDel("b", "a")), then(opDel("a", "c"), opPut("b", "1")), then(opDel("a", "c"), opPut("c", "1")))
			t.all()
		}},
		{name: "txn/duplicate/deletes", run: func(t *T) {
			t.fill("a", "1", "b", "2")
			t.txns(then(opDel("a", ""), opDel("a", "")), then(opDel("a", "c"), opDel("b", "d"), opGet("a", "z")))
		}},
		{name: "txn/duplicate/ranges-never-conflict", run: func(t *T) { t.txns(then(opGet("a", "z"), opPut("b", "1"), opGet("b", ""), opDel("c", ""))) }},
		{name: "txn/duplicate/nested-branches", run: func(t *T) {
			either := choose(ifVersion("x", equal, 0), ops(opPut("a", "1")), ops(opPut("a", "2")))
			t.txns(then(opTxn(either)), then(opTxn(either), opTxn(either)), then(opTxn(either), opPut("a", "3")), then(opPut("a", "3"), opTxn(either)), then(opTxn(either), opDel("a", "")), then(opDel("a", "b"), opTxn(either)),
				then(opTxn(then(opTxn(either))), opPut("b", "1")), then(opTxn(then(opTxn(either))), opPut("a", "1")))
			t.all()
		}},
		{name: "txn/duplicate/hole-open-end", run: func(t *T) {
			t.txns(then(opPut("b", "1"), opDel("a", "\x00")), then(opDel("a", "\x00"), opPut("b", "1")), then(opPut("b", "1"), opDel("\x00", "\x00")), then(opDel("b", "\x00"), opPut("b", "1")))
			t.all()
		}},
		{name: "txn/duplicate/hole-later-sibling", run: func(t *T) {
			putter, deleter := opTxn(then(opPut("k", "1"))), opTxn(then(opDel("k", "")))
			t.txns(then(putter, deleter), then(deleter, putter), then(opTxn(then(putter)), opTxn(then(deleter))), then(opTxn(then(deleter)), opTxn(then(putter))))
			t.all()
		}},
	}
}

// manyGets gives n reads of different keys.
func manyGets(n int) []*pb.RequestOp {
	list := make([]*pb.RequestOp, n)
	for i := range list {
		list[i] = opGet(fmt.Sprintf("get/%03d", i), "")
	}
	return list
}

// counted sends a transaction that is too long for the transcript and says how many answers it had.
func (t *T) counted(request *pb.TxnRequest) {
	t.say("> %d compares, %d and %d operations", len(request.Compare), len(request.Success), len(request.Failure))
	if answer := quiet(t, t.kv.Txn, request); answer != nil {
		t.say("< succeeded %t, %d answers, revision %s", answer.Succeeded, len(answer.Responses), t.distance(answer.Header.Revision))
	}
}
