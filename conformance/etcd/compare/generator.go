package main

import (
	"context"
	"fmt"
	"io"
	"math/rand"
	"strings"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// generator makes requests from a seed. Most of them are valid; a few are wrong in each way that has an error of its own.
type generator struct {
	random *rand.Rand
	keys   []string
	queue  []operation // what has to come next
	// oldest is the first revision that sequences on this store may ask for.
	oldest int64
}

func newGenerator(seed, revision int64) *generator {
	g := &generator{random: rand.New(rand.NewSource(seed)), oldest: revision}
	for i := range 24 {
		g.keys = append(g.keys, fmt.Sprintf("k%02d", i))
	}
	g.keys = append(g.keys, "k", "k1", "k10\x00", "k1\xff", "\x00", "\x00\x01", "\xff", "\xff\xff", "p/a", "p/b", "p/c", "p0", "a\x00b", "é", "lower", "Upper")
	return g
}

func (g *generator) chance(percent int) bool { return g.random.Intn(100) < percent }

func (g *generator) key() []byte {
	if g.chance(1) && g.chance(20) {
		return nil
	}
	return b(g.keys[g.random.Intn(len(g.keys))])
}

// end gives the end of a range that begins with the key: mostly none, sometimes empty or inverted.
func (g *generator) end(key []byte) []byte {
	switch g.random.Intn(10) {
	case 0:
		return b("\x00")
	case 1:
		return append(append([]byte(nil), key...), 0)
	case 2, 3, 4:
		return g.key()
	case 5:
		return b("l")
	default:
		return nil
	}
}

func (g *generator) value() []byte {
	switch n := g.random.Intn(100); {
	case n < 8:
		return nil
	case n < 10:
		return b(strings.Repeat("v", g.random.Intn(20_000)))
	default:
		return b(fmt.Sprintf("v%d", g.random.Intn(50)))
	}
}

// leaseID is one of a few ids, which are granted and revoked all the time.
func (g *generator) leaseID() int64 {
	if g.chance(10) {
		return -int64(1 + g.random.Intn(3))
	}
	return int64(1 + g.random.Intn(12))
}

// at gives a revision to read at: mostly now, sometimes an old one, rarely one that is not there.
func (g *generator) at(current, compacted int64) int64 {
	switch n := g.random.Intn(100); {
	case n < 45:
		return 0
	case n < 90:
		from := max(compacted, g.oldest, 1)
		return from + g.random.Int63n(max(1, current-from+1))
	case n < 94:
		return max(1, compacted-g.random.Int63n(3))
	case n < 97:
		return current + g.random.Int63n(3)
	default:
		return -g.random.Int63n(3)
	}
}

// next makes one request.
func (g *generator) next(current, compacted int64) operation {
	if len(g.queue) > 0 {
		op := g.queue[0]
		g.queue = g.queue[1:]
		return op
	}
	switch n := g.random.Intn(1000); {
	case n < 330:
		return operationOf(putMethod, g.put())
	case n < 430:
		return operationOf(deleteMethod, g.delete())
	case n < 620:
		return operationOf(txnMethod, g.txn(current, compacted, 0))
	case n < 850:
		return rangeOperation(g.rangeRequest(current, compacted))
	case n < 862:
		return g.compactOperation(current, compacted)
	case n < 872:
		return hashOperation(g.at(current, compacted))
	default:
		return g.leaseOperation()
	}
}

func (g *generator) put() *pb.PutRequest {
	request := &pb.PutRequest{Key: g.key(), Value: g.value(), PrevKv: g.chance(30)}
	if g.chance(15) {
		request.Lease = g.leaseID()
	}
	if g.chance(6) {
		request.IgnoreValue = true
		if g.chance(90) {
			request.Value = nil
		}
	}
	if g.chance(6) {
		request.IgnoreLease = true
		if g.chance(90) {
			request.Lease = 0
		}
	}
	return request
}

func (g *generator) delete() *pb.DeleteRangeRequest {
	key := g.key()
	request := &pb.DeleteRangeRequest{Key: key, PrevKv: g.chance(40)}
	if g.chance(40) {
		request.RangeEnd = g.end(key)
	}
	return request
}

func (g *generator) rangeRequest(current, compacted int64) *pb.RangeRequest {
	key := g.key()
	request := &pb.RangeRequest{Key: key, RangeEnd: g.end(key), Revision: g.at(current, compacted), Serializable: g.chance(20), KeysOnly: g.chance(15), CountOnly: g.chance(10)}
	if g.chance(40) {
		request.Limit = int64(g.random.Intn(12)) - 1
	}
	g.sort(request)
	for _, bound := range []*int64{&request.MinModRevision, &request.MaxModRevision, &request.MinCreateRevision, &request.MaxCreateRevision} {
		if g.chance(8) {
			*bound = 1 + g.random.Int63n(current+1)
		}
	}
	return request
}

// sort asks for an order without ties: the order of equals is unspecified (etcd semantics, section 23). Keys are unique;
// mod and create revisions are, except within a transaction, so those come with a limit only rarely.
func (g *generator) sort(request *pb.RangeRequest) {
	if g.chance(40) {
		request.SortOrder = pb.RangeRequest_SortOrder(g.random.Intn(3))
		if g.chance(1) {
			request.SortOrder = 9
		}
	}
	if g.chance(1) {
		request.SortTarget = 9
	}
}

// compactOperation asks for the hash of the revision first: what it was before the compaction is remembered.
func (g *generator) compactOperation(current, compacted int64) operation {
	request := g.compaction(current, compacted)
	g.queue = append(g.queue, operationOf(compactMethod, request))
	return hashOperation(request.Revision)
}

func (g *generator) compaction(current, compacted int64) *pb.CompactionRequest {
	request := &pb.CompactionRequest{Physical: true}
	switch g.random.Intn(6) {
	case 0:
		request.Revision = max(1, compacted)
	case 1:
		request.Revision = current + 1 + g.random.Int63n(5)
	default:
		from := max(compacted, g.oldest, 1)
		request.Revision = from + g.random.Int63n(max(1, current-from+1))
	}
	return request
}

func (g *generator) txn(current, compacted int64, depth int) *pb.TxnRequest {
	request := &pb.TxnRequest{}
	for range g.random.Intn(3) {
		request.Compare = append(request.Compare, g.compare(current))
	}
	request.Success, request.Failure = g.branch(current, compacted, depth), g.branch(current, compacted, depth)
	return request
}

func (g *generator) branch(current, compacted int64, depth int) []*pb.RequestOp {
	var list []*pb.RequestOp
	openDelete := false
	for range g.random.Intn(4) {
		switch n := g.random.Intn(100); {
		case n < 40:
			put := g.put()
			if openDelete || depth > 0 {
				// etcd ends itself when a put keeps the value of a key that the same transaction has deleted.
				put.IgnoreValue, put.IgnoreLease = false, false
			}
			list = append(list, putOp(put))
		case n < 60:
			openDelete = true
			list = append(list, delOp(g.delete()))
		case n < 88 || depth == 3:
			request := g.rangeRequest(current, compacted)
			request.Revision = g.txnRevision(current, compacted)
			list = append(list, rangeOp(request))
		case n < 99:
			openDelete = true
			list = append(list, opTxn(g.txn(current, compacted, depth+1)))
		default:
			list = append(list, &pb.RequestOp{})
		}
	}
	return list
}

// txnRevision is mostly now: one wrong revision fails the whole transaction.
func (g *generator) txnRevision(current, compacted int64) int64 {
	if g.chance(85) {
		return 0
	}
	return g.at(current, compacted)
}

func (g *generator) compare(current int64) *pb.Compare {
	key, result := string(g.key()), pb.Compare_CompareResult(g.random.Intn(4))
	var compare *pb.Compare
	switch g.random.Intn(5) {
	case 0:
		compare = ifVersion(key, result, int64(g.random.Intn(4)))
	case 1:
		compare = ifCreate(key, result, g.random.Int63n(current+1))
	case 2:
		compare = ifMod(key, result, g.random.Int63n(current+1))
	case 3:
		compare = ifValue(key, result, string(g.value()))
	default:
		compare = ifLease(key, result, g.leaseID())
	}
	if g.chance(20) {
		compare.RangeEnd = g.end(compare.Key)
	}
	return compare
}

// leaseOperation uses times to live so long that none ends by itself.
func (g *generator) leaseOperation() operation {
	id := g.leaseID()
	switch n := g.random.Intn(100); {
	case n < 45:
		ttl := int64(10_000 + g.random.Intn(100_000))
		if g.chance(3) {
			ttl = 9_000_000_001
		}
		return operationOf(grantMethod, &pb.LeaseGrantRequest{ID: id, TTL: ttl})
	case n < 65:
		return operationOf(revokeMethod, &pb.LeaseRevokeRequest{ID: id})
	case n < 80:
		return operationOf(keepAliveMethod, &pb.LeaseKeepAliveRequest{ID: id})
	default:
		return operationOf(ttlMethod, &pb.LeaseTimeToLiveRequest{ID: id, Keys: g.chance(70)})
	}
}

func rangeOperation(request *pb.RangeRequest) operation { return operationOf(rangeMethod, request) }

func hashOperation(revision int64) operation {
	return operationOf(hashMethod, &pb.HashKVRequest{Revision: revision})
}

func leasesOperation() operation { return operationOf(leasesMethod, &pb.LeaseLeasesRequest{}) }

func putMethod(t *T) func(context.Context, *pb.PutRequest) (*pb.PutResponse, error) {
	return func(ctx context.Context, r *pb.PutRequest) (*pb.PutResponse, error) { return t.kv.Put(ctx, r) }
}

func deleteMethod(t *T) func(context.Context, *pb.DeleteRangeRequest) (*pb.DeleteRangeResponse, error) {
	return func(ctx context.Context, r *pb.DeleteRangeRequest) (*pb.DeleteRangeResponse, error) {
		return t.kv.DeleteRange(ctx, r)
	}
}

func txnMethod(t *T) func(context.Context, *pb.TxnRequest) (*pb.TxnResponse, error) {
	return func(ctx context.Context, r *pb.TxnRequest) (*pb.TxnResponse, error) { return t.kv.Txn(ctx, r) }
}

func rangeMethod(t *T) func(context.Context, *pb.RangeRequest) (*pb.RangeResponse, error) {
	return func(ctx context.Context, r *pb.RangeRequest) (*pb.RangeResponse, error) { return t.kv.Range(ctx, r) }
}

func compactMethod(t *T) func(context.Context, *pb.CompactionRequest) (*pb.CompactionResponse, error) {
	return func(ctx context.Context, r *pb.CompactionRequest) (*pb.CompactionResponse, error) {
		return t.kv.Compact(ctx, r)
	}
}

func hashMethod(t *T) func(context.Context, *pb.HashKVRequest) (*pb.HashKVResponse, error) {
	return func(ctx context.Context, r *pb.HashKVRequest) (*pb.HashKVResponse, error) {
		return t.maintenance.HashKV(ctx, r)
	}
}

func grantMethod(t *T) func(context.Context, *pb.LeaseGrantRequest) (*pb.LeaseGrantResponse, error) {
	return func(ctx context.Context, r *pb.LeaseGrantRequest) (*pb.LeaseGrantResponse, error) {
		return t.lease.LeaseGrant(ctx, r)
	}
}

func revokeMethod(t *T) func(context.Context, *pb.LeaseRevokeRequest) (*pb.LeaseRevokeResponse, error) {
	return func(ctx context.Context, r *pb.LeaseRevokeRequest) (*pb.LeaseRevokeResponse, error) {
		return t.lease.LeaseRevoke(ctx, r)
	}
}

func ttlMethod(t *T) func(context.Context, *pb.LeaseTimeToLiveRequest) (*pb.LeaseTimeToLiveResponse, error) {
	return func(ctx context.Context, r *pb.LeaseTimeToLiveRequest) (*pb.LeaseTimeToLiveResponse, error) {
		return t.lease.LeaseTimeToLive(ctx, r)
	}
}

func leasesMethod(t *T) func(context.Context, *pb.LeaseLeasesRequest) (*pb.LeaseLeasesResponse, error) {
	return func(ctx context.Context, r *pb.LeaseLeasesRequest) (*pb.LeaseLeasesResponse, error) {
		return t.leaseLeases(ctx, r)
	}
}

// keepAliveMethod sends one renewal on a stream of its own.
func keepAliveMethod(t *T) func(context.Context, *pb.LeaseKeepAliveRequest) (*pb.LeaseKeepAliveResponse, error) {
	return func(ctx context.Context, r *pb.LeaseKeepAliveRequest) (*pb.LeaseKeepAliveResponse, error) {
		stream, err := t.lease.LeaseKeepAlive(ctx)
		if err != nil {
			return nil, err
		}
		if err := stream.Send(r); err != nil {
			return nil, err
		}
		answer, err := stream.Recv()
		if err != nil {
			return nil, err
		}
		stream.CloseSend()
		if _, end := stream.Recv(); end != io.EOF {
			return answer, end
		}
		return answer, nil
	}
}
