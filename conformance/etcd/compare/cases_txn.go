package main

import (
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

func (t *T) txns(requests ...*pb.TxnRequest) {
	for _, request := range requests {
		send(t, t.kv.Txn, request)
	}
}

// asks sends a transaction per condition that changes nothing and tells which way it went.
func (t *T) asks(conditions ...*pb.Compare) {
	for _, condition := range conditions {
		t.txns(choose(condition, nil, nil))
	}
}

func txnCases() []testCase {
	return []testCase{
		{name: "txn/empty", run: func(t *T) { t.txns(&pb.TxnRequest{}); t.put("a", "1") }},
		{name: "txn/put-get-delete", run: func(t *T) { t.txns(then(opPut("a", "1"), opGet("a", ""), opDel("b", ""))); t.all() }},
		{name: "txn/sub-headers", run: func(t *T) {
			t.put("x", "1")
			t.txns(then(opGet("x", ""), opDel("nothing", ""), opGet("x", ""), opPut("a", "1"), opGet("a", ""), opDel("nothing", ""), opDel("x", ""), opGet("x", "")))
			t.txns(then(opGet("a", ""), opDel("nothing", "")))
			t.txns(then(opTxn(then(opGet("a", ""))), opTxn(then(opPut("b", "1"))), opGet("b", "")))
		}},
		{name: "txn/no-change-no-revision", run: func(t *T) {
			t.put("a", "1")
			t.txns(then(opGet("a", "")), then(opDel("q", "")), then(opTxn(then(opDel("q", "")))), choose(ifVersion("a", equal, 9), ops(opPut("b", "1")), nil))
			t.put("c", "1")
		}},
		{name: "txn/create-conflict", run: func(t *T) {
			create := choose(ifMod("k", equal, 0), ops(opPut("k", "v")), nil)
			t.txns(create, create)
			t.get("k")
		}},
		{name: "txn/update-of-deleted", run: func(t *T) {
			t.put("k", "1")
			t.del("k", "")
			t.txns(choose(ifMod("k", equal, t.at(1)), ops(opPut("k", "2")), ops(opGet("k", ""))))
		}},
		{name: "txn/kube-update-and-delete", run: func(t *T) {
			t.put("k", "1")
			t.txns(choose(ifMod("k", equal, t.at(1)), ops(opPut("k", "2")), ops(opGet("k", ""))), choose(ifMod("k", equal, t.at(1)), ops(opPut("k", "3")), ops(opGet("k", ""))),
				choose(ifMod("k", equal, t.at(2)), ops(opDel("k", "")), ops(opGet("k", ""))), choose(ifMod("k", equal, t.at(2)), ops(opDel("k", "")), ops(opGet("k", ""))))
		}},
		{name: "txn/compare/version", run: func(t *T) {
			t.fill("a", "1", "a", "2")
			t.asks(ifVersion("a", equal, 2), ifVersion("a", equal, 1), ifVersion("a", greater, 1), ifVersion("a", greater, 2), ifVersion("a", less, 3), ifVersion("a", less, 2),
				ifVersion("a", notEqual, 2), ifVersion("a", notEqual, 1), ifVersion("z", equal, 0), ifVersion("z", less, 1), ifVersion("z", notEqual, 0), ifVersion("a", greater, -1))
		}},
		{name: "txn/compare/revisions", run: func(t *T) {
			t.fill("a", "1", "a", "2", "b", "1")
			t.asks(ifCreate("a", equal, t.at(1)), ifCreate("a", less, t.at(1)), ifMod("a", equal, t.at(2)), ifMod("a", greater, t.at(1)), ifMod("a", notEqual, t.at(2)),
				ifCreate("z", equal, 0), ifMod("z", equal, 0), ifMod("z", greater, 0), ifMod("z", less, 1), ifCreate("z", notEqual, 0))
		}},
		{name: "txn/compare/value", run: func(t *T) {
			t.fill("a", "m", "e", "")
			for _, result := range []pb.Compare_CompareResult{equal, greater, less, notEqual} {
				t.asks(ifValue("a", result, "m"), ifValue("a", result, "a"), ifValue("a", result, "z"), ifValue("a", result, ""), ifValue("a", result, "mm"),
					ifValue("e", result, ""), ifValue("absent", result, "m"), ifValue("absent", result, ""))
			}
		}},
		{name: "txn/compare/lease", run: func(t *T) {
			lease := t.grant(600)
			t.puts(&pb.PutRequest{Key: b("a"), Lease: lease}, &pb.PutRequest{Key: b("b")})
			for _, result := range []pb.Compare_CompareResult{equal, greater, less, notEqual} {
				t.asks(ifLease("a", result, lease), ifLease("b", result, 0), ifLease("absent", result, 0), ifLease("a", result, 0))
			}
		}},
		{name: "txn/compare/ranges", run: func(t *T) {
			t.fill("r/a", "x", "r/b", "x", "r/c", "y", "r/b", "x")
			t.asks(over(ifValue("r/", equal, "x"), "r0"), over(ifValue("r/", greater, "w"), "r0"), over(ifVersion("r/", greater, 0), "r0"), over(ifVersion("r/", equal, 1), "r0"),
				over(ifCreate("r/", less, t.at(4)), "\x00"), over(ifLease("r/", equal, 0), "r0"), over(ifVersion("q/", equal, 0), "q0"), over(ifValue("q/", equal, ""), "q0"),
				over(ifValue("q/", notEqual, "z"), "q0"), over(ifMod("r/z", equal, 0), "r/a"), over(ifVersion("r/c", greater, 0), "\x00"), over(ifMod("r/a", equal, t.at(1)), "r/a\x00"))
		}},
		{name: "txn/compare/odd-targets", run: func(t *T) {
			t.fill("a", "1")
			t.asks(&pb.Compare{Key: b("a")}, &pb.Compare{Key: b("z")}, &pb.Compare{Key: b("a"), Target: pb.Compare_VALUE}, &pb.Compare{Key: b("a"), Target: 9},
				&pb.Compare{Key: b("a"), Target: 9, Result: notEqual}, &pb.Compare{Key: b("a"), Result: 9, Target: pb.Compare_VERSION, TargetUnion: &pb.Compare_Version{Version: 77}},
				&pb.Compare{Key: b("a"), Target: pb.Compare_MOD, TargetUnion: &pb.Compare_Version{Version: 1}}, &pb.Compare{Key: b("a"), Target: pb.Compare_LEASE, TargetUnion: &pb.Compare_Value{Value: b("x")}},
				&pb.Compare{Key: b("a"), Target: pb.Compare_VALUE, TargetUnion: &pb.Compare_Version{Version: 1}})
		}},
		{name: "txn/compare/all-must-hold", run: func(t *T) {
			t.fill("a", "1", "b", "2")
			t.txns(&pb.TxnRequest{Compare: []*pb.Compare{ifValue("a", equal, "1"), ifValue("b", equal, "2")}, Success: ops(opGet("a", ""))},
				&pb.TxnRequest{Compare: []*pb.Compare{ifValue("a", equal, "1"), ifValue("b", equal, "3")}, Failure: ops(opGet("b", ""))})
		}},
		{name: "txn/later-ops-see-earlier", run: func(t *T) {
			t.put("a", "old")
			t.txns(then(opPut("a", "new"), opGet("a", ""), rangeOp(&pb.RangeRequest{Key: b("a"), Revision: t.at(1)}), opDel("a", ""), opGet("a", "")))
			t.txns(then(opPut("k1", "1"), opPut("k2", "2"), rangeOp(&pb.RangeRequest{Key: b("k"), RangeEnd: b("l"), CountOnly: true}), rangeOp(&pb.RangeRequest{Key: b("k"), RangeEnd: b("l"), Limit: 1})))
		}},
		{name: "txn/prev-kv", run: func(t *T) {
			t.put("a", "1")
			t.txns(then(putOp(&pb.PutRequest{Key: b("a"), Value: b("2"), PrevKv: true}), putOp(&pb.PutRequest{Key: b("b"), Value: b("1"), PrevKv: true})),
				then(delOp(&pb.DeleteRangeRequest{Key: b("a"), RangeEnd: b("z"), PrevKv: true})))
		}},
		{name: "txn/range-options", run: func(t *T) {
			t.fill("a", "3", "b", "1", "c", "2")
			t.txns(then(rangeOp(&pb.RangeRequest{Key: b("a"), RangeEnd: b("z"), SortTarget: pb.RangeRequest_VALUE, Limit: 2}), rangeOp(&pb.RangeRequest{Key: b("a"), RangeEnd: b("z"), KeysOnly: true, SortOrder: pb.RangeRequest_DESCEND}),
				rangeOp(&pb.RangeRequest{Key: b("a"), RangeEnd: b("z"), MinModRevision: t.at(2), Serializable: true}), rangeOp(&pb.RangeRequest{Key: b("a"), RangeEnd: b("z"), Revision: t.at(2), CountOnly: true})))
		}},
		{name: "txn/range-revision-edges", run: func(t *T) {
			t.fill("a", "1", "a", "2", "a", "3")
			for _, revision := range []int64{t.at(1), t.at(3), t.at(4), t.at(100), -1, -7} {
				at := rangeOp(&pb.RangeRequest{Key: b("a"), Revision: revision})
				t.txns(then(at), then(opPut("b", "x"), at), choose(ifVersion("a", greater, 0), ops(opGet("a", "")), ops(at, opPut("c", "1"))))
			}
			t.compact(2)
			for _, revision := range []int64{t.at(1), t.at(2), -1} {
				at := rangeOp(&pb.RangeRequest{Key: b("a"), Revision: revision})
				t.txns(then(at), then(opPut("b", "x"), at))
			}
		}},
		{name: "txn/ignore-flags-look-at-the-state-before", run: func(t *T) {
			t.put("old", "1")
			t.txns(then(opPut("new", "1"), opTxn(then(putOp(&pb.PutRequest{Key: b("new2"), IgnoreValue: true})))), then(putOp(&pb.PutRequest{Key: b("old"), IgnoreValue: true})),
				then(opTxn(then(opPut("k", "1"))), putOp(&pb.PutRequest{Key: b("k2"), IgnoreValue: true})), then(putOp(&pb.PutRequest{Key: b("k3"), IgnoreLease: true, Value: b("x")})),
				choose(ifVersion("old", equal, 0), ops(putOp(&pb.PutRequest{Key: b("k4"), IgnoreValue: true})), ops(opPut("k5", "1"))))
			t.all()
		}},
		{name: "txn/leases", run: func(t *T) {
			lease := t.grant(600)
			t.txns(then(putOp(&pb.PutRequest{Key: b("a"), Lease: lease}), putOp(&pb.PutRequest{Key: b("b"), Lease: 4711})), then(putOp(&pb.PutRequest{Key: b("a"), Lease: lease}), opPut("b", "1")),
				choose(ifVersion("a", equal, 1), ops(opPut("c", "1")), ops(putOp(&pb.PutRequest{Key: b("d"), Lease: 4711}))), then(putOp(&pb.PutRequest{Key: b("a"), IgnoreLease: true, Value: b("x")})))
			t.all()
			send(t, t.lease.LeaseTimeToLive, &pb.LeaseTimeToLiveRequest{ID: lease, Keys: true})
		}},
		{name: "txn/nested/compares-look-at-the-state-before", run: func(t *T) {
			inner := choose(ifVersion("a", equal, 0), ops(opPut("yes", "1")), ops(opPut("no", "1")))
			t.txns(then(opPut("a", "1"), opTxn(inner), opGet("a", "")))
			t.txns(then(opDel("a", ""), opTxn(inner)))
			t.all()
		}},
		{name: "txn/nested/deep", run: func(t *T) {
			request := then(opPut("deep/0", "x"))
			for i := range 20 {
				request = then(opTxn(request), opPut("deep/"+string(rune('a'+i)), "x"), opGet("deep/", "deep0"))
			}
			t.txns(request)
			t.all()
		}},
		{name: "txn/nested/failed-branch-answers", run: func(t *T) {
			t.txns(then(opTxn(choose(ifVersion("a", equal, 5), ops(opPut("x", "1")), ops(opGet("a", ""), opPut("y", "1"))))), choose(ifVersion("a", equal, 5), nil, ops(opTxn(&pb.TxnRequest{}))))
			t.all()
		}},
		{name: "txn/nested/error-undoes-everything", run: func(t *T) {
			t.txns(then(opPut("a", "1"), opTxn(then(opPut("b", "1"), putOp(&pb.PutRequest{Key: b("c"), Lease: 4711})))), then(opPut("a", "1"), opTxn(then(opPut("b", "1"), rangeOp(&pb.RangeRequest{Key: b("a"), Revision: t.at(99)})))))
			t.all()
		}},
		{name: "txn/put-then-delete-in-one-revision", run: func(t *T) {
			t.txns(then(opPut("b", "1"), opDel("a", "\x00")))
			t.all()
			t.put("b", "again")
			t.txns(then(opDel("a", "\x00"), opPut("b", "2")), then(opPut("b", "3"), opDel("a", "\x00"), opGet("b", "")))
			t.ranges(&pb.RangeRequest{Key: b("b"), Revision: t.at(1)}, &pb.RangeRequest{Key: b("b"), Revision: t.at(3)}, &pb.RangeRequest{Key: b("b")})
		}},
		{name: "txn/read-only", run: func(t *T) {
			t.fill("a", "1", "b", "2")
			t.txns(then(opGet("a", ""), opGet("b", "")), choose(ifVersion("z", equal, 1), ops(opGet("a", "")), ops(opGet("b", ""))), then(rangeOp(&pb.RangeRequest{Key: b("a"), Serializable: true})),
				then(opTxn(then(opGet("a", "")))), then(rangeOp(&pb.RangeRequest{Key: b("a"), Revision: t.at(9)})))
		}},
	}
}
