package main

import (
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// Short forms of the messages that cases are made of.

func b(text string) []byte { return []byte(text) }

func opPut(key, value string) *pb.RequestOp {
	return putOp(&pb.PutRequest{Key: b(key), Value: b(value)})
}

func putOp(request *pb.PutRequest) *pb.RequestOp {
	return &pb.RequestOp{Request: &pb.RequestOp_RequestPut{RequestPut: request}}
}

func opGet(key, end string) *pb.RequestOp {
	return rangeOp(&pb.RangeRequest{Key: b(key), RangeEnd: b(end)})
}

func rangeOp(request *pb.RangeRequest) *pb.RequestOp {
	return &pb.RequestOp{Request: &pb.RequestOp_RequestRange{RequestRange: request}}
}

func opDel(key, end string) *pb.RequestOp {
	return delOp(&pb.DeleteRangeRequest{Key: b(key), RangeEnd: b(end)})
}

func delOp(request *pb.DeleteRangeRequest) *pb.RequestOp {
	return &pb.RequestOp{Request: &pb.RequestOp_RequestDeleteRange{RequestDeleteRange: request}}
}

func opTxn(request *pb.TxnRequest) *pb.RequestOp {
	return &pb.RequestOp{Request: &pb.RequestOp_RequestTxn{RequestTxn: request}}
}

func ops(list ...*pb.RequestOp) []*pb.RequestOp { return list }

// then is a transaction without conditions.
func then(list ...*pb.RequestOp) *pb.TxnRequest { return &pb.TxnRequest{Success: list} }

// choose is a transaction with one condition.
func choose(condition *pb.Compare, yes, no []*pb.RequestOp) *pb.TxnRequest {
	return &pb.TxnRequest{Compare: []*pb.Compare{condition}, Success: yes, Failure: no}
}

func ifVersion(key string, result pb.Compare_CompareResult, version int64) *pb.Compare {
	return &pb.Compare{Key: b(key), Result: result, Target: pb.Compare_VERSION, TargetUnion: &pb.Compare_Version{Version: version}}
}

func ifCreate(key string, result pb.Compare_CompareResult, revision int64) *pb.Compare {
	return &pb.Compare{Key: b(key), Result: result, Target: pb.Compare_CREATE, TargetUnion: &pb.Compare_CreateRevision{CreateRevision: revision}}
}

func ifMod(key string, result pb.Compare_CompareResult, revision int64) *pb.Compare {
	return &pb.Compare{Key: b(key), Result: result, Target: pb.Compare_MOD, TargetUnion: &pb.Compare_ModRevision{ModRevision: revision}}
}

func ifValue(key string, result pb.Compare_CompareResult, value string) *pb.Compare {
	return &pb.Compare{Key: b(key), Result: result, Target: pb.Compare_VALUE, TargetUnion: &pb.Compare_Value{Value: b(value)}}
}

func ifLease(key string, result pb.Compare_CompareResult, lease int64) *pb.Compare {
	return &pb.Compare{Key: b(key), Result: result, Target: pb.Compare_LEASE, TargetUnion: &pb.Compare_Lease{Lease: lease}}
}

func over(compare *pb.Compare, end string) *pb.Compare {
	compare.RangeEnd = b(end)
	return compare
}

const (
	equal    = pb.Compare_EQUAL
	greater  = pb.Compare_GREATER
	less     = pb.Compare_LESS
	notEqual = pb.Compare_NOT_EQUAL
)

// everything is the range of all keys.
const everything = "\x00"
