package main

import (
	"context"
	"fmt"
	"sort"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc"
)

func (t *T) grants(requests ...*pb.LeaseGrantRequest) {
	for _, request := range requests {
		send(t, t.lease.LeaseGrant, request)
	}
}

func (t *T) revoke(id int64) { send(t, t.lease.LeaseRevoke, &pb.LeaseRevokeRequest{ID: id}) }

func (t *T) ttl(id int64) *pb.LeaseTimeToLiveResponse {
	return send(t, t.lease.LeaseTimeToLive, &pb.LeaseTimeToLiveRequest{ID: id, Keys: true})
}

func (t *T) leases() { send(t, t.leaseLeases, &pb.LeaseLeasesRequest{}) }

// leaseLeases lists leases as the server orders them, by their remaining times; a follower of etcd knows none, and its order is none:
// of clusters they come by the names of those whose ids the servers chose, the others by their ids.
func (t *T) leaseLeases(ctx context.Context, r *pb.LeaseLeasesRequest, options ...grpc.CallOption) (*pb.LeaseLeasesResponse, error) {
	answer, err := t.lease.LeaseLeases(ctx, r, options...)
	if err == nil && t.srv.cluster {
		sort.Slice(answer.Leases, func(i, j int) bool {
			left, right := answer.Leases[i].ID, answer.Leases[j].ID
			if names := t.names.leases; names[left] != names[right] {
				return names[left] < names[right]
			}
			return left < right
		})
	}
	return answer, err
}

func leaseCases() []testCase {
	return []testCase{
		{name: "lease/grant/server-chooses", run: func(t *T) { t.grant(60); t.grant(60); t.leases() }},
		{name: "lease/grant/ttl-edges", run: func(t *T) {
			for id, ttl := range []int64{0, -1, -1 << 62, 1, 2, 3, 9_000_000_000} {
				t.grants(&pb.LeaseGrantRequest{ID: int64(id + 1), TTL: ttl})
			}
			t.grants(&pb.LeaseGrantRequest{ID: 50, TTL: 9_000_000_001}, &pb.LeaseGrantRequest{ID: 51, TTL: 1<<63 - 1}, &pb.LeaseGrantRequest{TTL: 9_000_000_001})
		}},
		{name: "lease/grant/id-edges", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: -1, TTL: 60}, &pb.LeaseGrantRequest{ID: 1<<63 - 1, TTL: 70}, &pb.LeaseGrantRequest{ID: -1 << 63, TTL: 80}, &pb.LeaseGrantRequest{ID: 1, TTL: 90})
			t.leases()
			t.puts(&pb.PutRequest{Key: b("a"), Lease: -1}, &pb.PutRequest{Key: b("b"), Lease: -1 << 63})
			t.ttl(-1)
			t.revoke(-1 << 63)
			t.all()
		}},
		{name: "lease/grant/twice", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: 7, TTL: 60}, &pb.LeaseGrantRequest{ID: 7, TTL: 60}, &pb.LeaseGrantRequest{ID: 7, TTL: 9_000_000_001})
			t.revoke(7)
			t.grants(&pb.LeaseGrantRequest{ID: 7, TTL: 61})
			t.ttl(7)
		}},
		{name: "lease/grant/no-revision", run: func(t *T) { t.grants(&pb.LeaseGrantRequest{ID: 7, TTL: 60}); t.put("a", "1") }},
		{name: "lease/revoke/unknown", run: func(t *T) { t.revoke(4711); t.revoke(0); t.revoke(-5) }},
		{name: "lease/revoke/without-keys-uses-no-revision", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: 7, TTL: 60})
			t.revoke(7)
			t.revoke(7)
			t.put("a", "1")
		}},
		{name: "lease/revoke/deletes-its-keys-in-one-revision", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: 7, TTL: 60})
			t.puts(&pb.PutRequest{Key: b("c"), Lease: 7}, &pb.PutRequest{Key: b("a"), Lease: 7}, &pb.PutRequest{Key: b("b"), Lease: 7}, &pb.PutRequest{Key: b("d")})
			t.revoke(7)
			t.all()
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), RangeEnd: b("z"), StartRevision: t.at(1), PrevKv: true})
			w.events(7)
			w.cancel()
		}},
		{name: "lease/revoke/keys-that-moved-on-stay", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: 1, TTL: 60}, &pb.LeaseGrantRequest{ID: 2, TTL: 60})
			t.puts(&pb.PutRequest{Key: b("a"), Lease: 1}, &pb.PutRequest{Key: b("b"), Lease: 1}, &pb.PutRequest{Key: b("c"), Lease: 1}, &pb.PutRequest{Key: b("a")}, &pb.PutRequest{Key: b("b"), Lease: 2})
			t.ttl(1)
			t.revoke(1)
			t.all()
			t.revoke(2)
			t.all()
		}},
		{name: "lease/ttl/edges", run: func(t *T) {
			t.ttl(4711)
			t.ttl(0)
			t.grants(&pb.LeaseGrantRequest{ID: 7, TTL: 600})
			t.ttl(7)
			send(t, t.lease.LeaseTimeToLive, &pb.LeaseTimeToLiveRequest{ID: 7})
			t.puts(&pb.PutRequest{Key: b("b"), Lease: 7}, &pb.PutRequest{Key: b("a"), Lease: 7})
			t.ttl(7)
			send(t, t.lease.LeaseTimeToLive, &pb.LeaseTimeToLiveRequest{ID: 7})
			t.revoke(7)
			t.ttl(7)
		}},
		{name: "lease/leases/by-remaining-time", run: func(t *T) {
			t.leases()
			t.grants(&pb.LeaseGrantRequest{ID: 3, TTL: 300}, &pb.LeaseGrantRequest{ID: 1, TTL: 600}, &pb.LeaseGrantRequest{ID: 2, TTL: 60})
			t.leases()
			t.revoke(3)
			t.leases()
		}},
		{name: "lease/keepalive/edges", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: 7, TTL: 60})
			k := t.openKeepAlive()
			k.renew(7)
			k.renew(4711)
			k.renew(0)
			k.renew(-3)
			t.put("a", "1")
			k.renew(7)
			t.revoke(7)
			k.renew(7)
			k.call.CloseSend()
			k.next()
		}},
		{name: "lease/keepalive/answers-in-order", run: func(t *T) {
			for id := int64(1); id <= 20; id++ {
				t.grants(&pb.LeaseGrantRequest{ID: id, TTL: 100 + id})
			}
			k := t.openKeepAlive()
			for id := int64(1); id <= 25; id++ {
				k.ask(id)
			}
			for range 25 {
				k.next()
			}
			k.cancel()
			k.next()
		}},
		{name: "lease/keepalive/half-close-at-once", run: func(t *T) {
			k := t.openKeepAlive()
			k.call.CloseSend()
			k.next()
		}},
		{name: "lease/keepalive/resets-to-the-full-time", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: 7, TTL: 5})
			time.Sleep(2200 * time.Millisecond)
			k := t.openKeepAlive()
			k.renew(7)
			left := quiet(t, t.lease.LeaseTimeToLive, &pb.LeaseTimeToLiveRequest{ID: 7})
			t.say("at least 4 s are left: %t", left.TTL >= 4)
			k.cancel()
		}},
		{name: "lease/expiry/deletes-with-events", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: 7, TTL: 2})
			granted := time.Now()
			t.puts(&pb.PutRequest{Key: b("b"), Value: b("1"), Lease: 7}, &pb.PutRequest{Key: b("a"), Value: b("2"), Lease: 7})
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), RangeEnd: b("z"), PrevKv: true})
			w.next()
			took := time.Since(granted)
			t.say("gone between 2 s and 3.6 s after the grant: %t", took >= 2*time.Second && took < 3600*time.Millisecond)
			t.ttl(7)
			t.leases()
			t.all()
			w.cancel()
		}},
		{name: "lease/expiry/one-revision-for-each-lease", run: func(t *T) {
			for id := int64(1); id <= 3; id++ {
				t.grants(&pb.LeaseGrantRequest{ID: id, TTL: 2})
				t.puts(&pb.PutRequest{Key: b(fmt.Sprintf("x%d/a", id)), Lease: id}, &pb.PutRequest{Key: b(fmt.Sprintf("x%d/b", id)), Lease: id})
			}
			t.eventually("all keys are gone", 6*time.Second, func() bool {
				return quiet(t, t.kv.Range, &pb.RangeRequest{Key: b("x"), RangeEnd: b("y"), CountOnly: true}).Count == 0
			})
			t.get("x")
		}},
		{name: "lease/expiry/kept-alive-stays", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: 7, TTL: 4})
			t.puts(&pb.PutRequest{Key: b("a"), Lease: 7})
			k := t.openKeepAlive()
			for range 11 {
				time.Sleep(500 * time.Millisecond)
				k.renew(7)
			}
			t.get("a")
			k.cancel()
		}},
		{name: "lease/expiry/key-on-another-lease-stays", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: 1, TTL: 2}, &pb.LeaseGrantRequest{ID: 2, TTL: 60})
			t.puts(&pb.PutRequest{Key: b("a"), Lease: 1}, &pb.PutRequest{Key: b("b"), Lease: 1}, &pb.PutRequest{Key: b("a"), Lease: 2})
			t.eventually("the lease is gone", 6*time.Second, func() bool {
				return quiet(t, t.lease.LeaseTimeToLive, &pb.LeaseTimeToLiveRequest{ID: 1}).TTL == -1
			})
			t.all()
		}},
		{name: "lease/thousand-keys-in-one-revision", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: 7, TTL: 600})
			for i := range 10 {
				var list []*pb.RequestOp
				for k := range 100 {
					list = append(list, putOp(&pb.PutRequest{Key: b(fmt.Sprintf("t/%d/%02d", i, k)), Lease: 7}))
				}
				quiet(t, t.kv.Txn, then(list...))
			}
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("t/"), RangeEnd: b("t0"), PrevKv: true})
			t.revoke(7)
			w.summary(1000)
			t.all()
			w.cancel()
		}},
	}
}
