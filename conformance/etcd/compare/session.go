package main

import (
	"context"
	"fmt"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3election/v3electionpb"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3lock/v3lockpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// How long a call may take, and how long a case waits for a message that must come.
const (
	callLimit    = 20 * time.Second
	messageLimit = 10 * time.Second
)

// T is the run of one case against one server. The case sends requests through it; every request and every answer becomes
// a line of the transcript, and the transcripts of the two servers must be equal.
type T struct {
	*names
	srv   *server
	ctx   context.Context
	lines []string

	kv          pb.KVClient
	watch       pb.WatchClient
	lease       pb.LeaseClient
	cluster     pb.ClusterClient
	maintenance pb.MaintenanceClient
	auth        pb.AuthClient
	lock        v3lockpb.LockClient
	election    v3electionpb.ElectionClient
}

// bareT can make calls, but knows no revisions to count from.
func bareT(srv *server) *T {
	t := &T{names: &names{leases: map[int64]string{}, anyNode: srv.all}, srv: srv, ctx: context.Background()}
	t.useConnection(srv.conn)
	if srv.spread != nil {
		t.spreadOver(srv.spread)
	}
	return t
}

// newT reads the revisions that everything in the case is counted from.
func newT(srv *server) (*T, error) {
	t := bareT(srv)
	now, err := pb.NewKVClient(srv.conn).Range(t.timeout(), &pb.RangeRequest{Key: []byte("base")})
	if err != nil {
		return nil, fmt.Errorf("%s: first read: %w", srv.name, err)
	}
	t.base, t.names.cluster, t.member = now.Header.Revision, now.Header.ClusterId, now.Header.MemberId
	if auth, err := t.auth.AuthStatus(t.timeout(), &pb.AuthStatusRequest{}); err == nil {
		t.authBase = int64(auth.AuthRevision)
	}
	return t, nil
}

// useConnection points all stubs to a connection: the server's own one, or a second one that a case opens.
func (t *T) useConnection(conn *grpc.ClientConn) {
	t.kv, t.watch, t.lease = pb.NewKVClient(conn), pb.NewWatchClient(conn), pb.NewLeaseClient(conn)
	t.cluster, t.maintenance, t.auth = pb.NewClusterClient(conn), pb.NewMaintenanceClient(conn), pb.NewAuthClient(conn)
	t.lock, t.election = v3lockpb.NewLockClient(conn), v3electionpb.NewElectionClient(conn)
}

// spreadOver points the stubs of what every node must answer alike to a connection to all; what a node says of itself, and
// tokens, stay with the server's own one.
func (t *T) spreadOver(conn *grpc.ClientConn) {
	t.kv, t.watch, t.lease = pb.NewKVClient(conn), pb.NewWatchClient(conn), pb.NewLeaseClient(conn)
	t.lock, t.election = v3lockpb.NewLockClient(conn), v3electionpb.NewElectionClient(conn)
}

// timeout gives the context of one call. Its resources are freed when the limit has passed, which outlives the call by
// seconds at most.
func (t *T) timeout() context.Context {
	ctx, cancel := context.WithTimeout(t.ctx, callLimit)
	context.AfterFunc(ctx, cancel)
	return ctx
}

// with gives a second view of the same case whose calls carry the metadata; both write to the same transcript.
func (t *T) with(pairs ...string) *view {
	return &view{t: t, ctx: metadata.AppendToOutgoingContext(t.ctx, pairs...)}
}

// view makes calls with metadata of its own.
type view struct {
	t   *T
	ctx context.Context
}

// as runs steps of the case with the view's metadata on every call.
func (v *view) do(steps func(*T)) {
	before := v.t.ctx
	v.t.ctx = v.ctx
	defer func() { v.t.ctx = before }()
	steps(v.t)
}

// say adds a line to the transcript.
func (t *T) say(format string, args ...any) { t.lines = append(t.lines, fmt.Sprintf(format, args...)) }

// section adds a line that helps to read the transcript.
func (t *T) section(format string, args ...any) { t.say("# "+format, args...) }

// at gives the revision that many steps after the start of the case.
func (t *T) at(steps int64) int64 { return t.base + steps }

// send makes one unary call, writes request and answer to the transcript and returns the answer, nil after an error.
func send[Request, Answer any](t *T, method func(context.Context, *Request, ...grpc.CallOption) (*Answer, error), request *Request) *Answer {
	t.say("> %s", t.render(request))
	answer, err := method(t.timeout(), request)
	if err != nil {
		t.say("< %s", t.failure(err))
		return nil
	}
	t.say("< %s", t.render(answer))
	return answer
}

// quiet makes a call whose answer does not belong into the transcript; a failure does.
func quiet[Request, Answer any](t *T, method func(context.Context, *Request, ...grpc.CallOption) (*Answer, error), request *Request) *Answer {
	answer, err := method(t.timeout(), request)
	if err != nil {
		t.say("%T failed: %s", request, t.failure(err))
		return nil
	}
	return answer
}

// grant makes a lease whose id the server chooses; the transcript calls it lease1, lease2 and so on.
func (t *T) grant(ttl int64) int64 {
	t.say("> LeaseGrantRequest{TTL=%d}", ttl)
	answer, err := t.lease.LeaseGrant(t.timeout(), &pb.LeaseGrantRequest{TTL: ttl})
	if err != nil {
		t.say("< %s", t.failure(err))
		return 0
	}
	if answer.ID <= 0 {
		t.say("an id that the server chose must be positive, not %d", answer.ID)
	}
	t.nameLease(answer.ID)
	t.say("< %s", t.render(answer))
	return answer.ID
}

// put, get and del are the plainest calls.
func (t *T) put(key, value string) *pb.PutResponse {
	return send(t, t.kv.Put, &pb.PutRequest{Key: []byte(key), Value: []byte(value)})
}

func (t *T) get(key string) *pb.RangeResponse {
	return send(t, t.kv.Range, &pb.RangeRequest{Key: []byte(key)})
}

func (t *T) all() *pb.RangeResponse {
	return send(t, t.kv.Range, &pb.RangeRequest{Key: []byte{0}, RangeEnd: []byte{0}})
}

func (t *T) del(key, end string) *pb.DeleteRangeResponse {
	return send(t, t.kv.DeleteRange, &pb.DeleteRangeRequest{Key: []byte(key), RangeEnd: []byte(end)})
}

func (t *T) compact(steps int64) *pb.CompactionResponse {
	return send(t, t.kv.Compact, &pb.CompactionRequest{Revision: t.at(steps)})
}

// fill puts keys without writing to the transcript.
func (t *T) fill(pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		quiet(t, t.kv.Put, &pb.PutRequest{Key: []byte(pairs[i]), Value: []byte(pairs[i+1])})
	}
}

// eventually repeats a look at the server until it shows what the case waits for.
func (t *T) eventually(what string, limit time.Duration, look func() bool) {
	deadline := time.Now().Add(limit)
	for !look() {
		if time.Now().After(deadline) {
			t.say("waited %s in vain for: %s", limit, what)
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.say("seen: %s", what)
}
