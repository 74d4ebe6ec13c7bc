package main

import (
	"fmt"
	"strings"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

func (t *T) puts(requests ...*pb.PutRequest) {
	for _, request := range requests {
		send(t, t.kv.Put, request)
	}
}

func writeCases() []testCase {
	return []testCase{
		{name: "put/new-and-again", run: func(t *T) { t.put("a", "1"); t.put("a", "1"); t.put("a", "2"); t.get("a") }},
		{name: "put/empty-key", run: func(t *T) {
			t.put("", "x")
			t.puts(&pb.PutRequest{IgnoreValue: true, Value: b("x")}, &pb.PutRequest{Lease: 99, PrevKv: true})
		}},
		{name: "put/empty-value", run: func(t *T) { t.put("a", ""); t.get("a"); t.put("a", "x"); t.put("a", ""); t.get("a") }},
		{name: "put/after-delete", run: func(t *T) { t.put("a", "1"); t.put("a", "2"); t.del("a", ""); t.put("a", "3"); t.get("a") }},
		{name: "put/prev-kv", run: func(t *T) {
			t.puts(&pb.PutRequest{Key: b("a"), Value: b("1"), PrevKv: true}, &pb.PutRequest{Key: b("a"), Value: b("2"), PrevKv: true})
			t.del("a", "")
			t.puts(&pb.PutRequest{Key: b("a"), Value: b("3"), PrevKv: true}, &pb.PutRequest{Key: b("a"), Value: b("4")})
		}},
		{name: "put/ignore-value", run: func(t *T) {
			t.puts(&pb.PutRequest{Key: b("a"), IgnoreValue: true})
			t.put("a", "1")
			t.puts(&pb.PutRequest{Key: b("a"), IgnoreValue: true}, &pb.PutRequest{Key: b("a"), IgnoreValue: true, Value: b("x")},
				&pb.PutRequest{Key: b("a"), IgnoreValue: true, PrevKv: true})
			t.get("a")
			t.del("a", "")
			t.puts(&pb.PutRequest{Key: b("a"), IgnoreValue: true})
		}},
		{name: "put/ignore-value-clears-the-lease", run: func(t *T) {
			lease := t.grant(600)
			t.puts(&pb.PutRequest{Key: b("a"), Value: b("1"), Lease: lease}, &pb.PutRequest{Key: b("a"), IgnoreValue: true})
			t.get("a")
		}},
		{name: "put/ignore-lease", run: func(t *T) {
			lease := t.grant(600)
			t.puts(&pb.PutRequest{Key: b("a"), Value: b("1"), IgnoreLease: true}, &pb.PutRequest{Key: b("a"), Value: b("1"), Lease: lease},
				&pb.PutRequest{Key: b("a"), Value: b("2"), IgnoreLease: true}, &pb.PutRequest{Key: b("a"), Value: b("2"), IgnoreLease: true, Lease: lease},
				&pb.PutRequest{Key: b("a"), IgnoreLease: true, IgnoreValue: true, PrevKv: true}, &pb.PutRequest{Key: b("a"), Value: b("3"), IgnoreLease: true, Lease: -1})
			t.get("a")
		}},
		{name: "put/ignore-both-wrong", run: func(t *T) {
			t.puts(&pb.PutRequest{Key: b("a"), Value: b("1"), IgnoreValue: true, IgnoreLease: true, Lease: 5}, &pb.PutRequest{Key: b("a"), IgnoreValue: true, IgnoreLease: true, Lease: 5},
				&pb.PutRequest{Key: b("nothing"), IgnoreValue: true, IgnoreLease: true})
		}},
		{name: "put/unknown-lease", run: func(t *T) {
			t.puts(&pb.PutRequest{Key: b("a"), Value: b("1"), Lease: 4711}, &pb.PutRequest{Key: b("a"), Value: b("1"), Lease: -4711},
				&pb.PutRequest{Key: b("a"), IgnoreValue: true, Lease: 4711})
			t.all()
		}},
		{name: "put/replaces-the-lease", run: func(t *T) {
			one, two := t.grant(600), t.grant(700)
			for _, lease := range []int64{one, two, 0, one, 4711, one} {
				t.puts(&pb.PutRequest{Key: b("a"), Value: b("1"), Lease: lease})
				send(t, t.lease.LeaseTimeToLive, &pb.LeaseTimeToLiveRequest{ID: one, Keys: true})
				send(t, t.lease.LeaseTimeToLive, &pb.LeaseTimeToLiveRequest{ID: two, Keys: true})
			}
		}},
		{name: "put/failures-use-no-revision", run: func(t *T) {
			t.put("a", "1")
			t.puts(&pb.PutRequest{Key: b("b"), Lease: 4711}, &pb.PutRequest{Key: b("b"), IgnoreValue: true}, &pb.PutRequest{})
			t.put("c", "1")
		}},
		{name: "put/long-key", run: func(t *T) {
			long := strings.Repeat("k", 100_000)
			t.put(long, "v")
			t.ranges(&pb.RangeRequest{Key: b(long)}, &pb.RangeRequest{Key: b("k"), RangeEnd: b("l")})
		}},
		{name: "delete/one", run: func(t *T) { t.put("a", "1"); t.del("a", ""); t.del("a", ""); t.get("a") }},
		{name: "delete/nothing-uses-no-revision", run: func(t *T) { t.del("a", ""); t.del("a", "z"); t.del("z", "a"); t.del("a", "a"); t.get("a") }},
		{name: "delete/empty-key", run: func(t *T) { t.del("", ""); t.del("", "z") }},
		{name: "delete/range", run: func(t *T) {
			t.fill("a", "1", "b", "2", "c", "3", "d", "4")
			t.del("b", "d")
			t.all()
			t.del("c", "\x00")
			t.all()
			t.del("\x00", "\x00")
			t.all()
		}},
		{name: "delete/inverted-range", run: func(t *T) { t.fill("a", "1", "b", "2", "c", "3"); t.del("c", "a"); t.del("b", "b"); t.all() }},
		{name: "delete/prev-kv", run: func(t *T) {
			t.fill("c", "3", "a", "1", "b", "2", "a", "1x")
			send(t, t.kv.DeleteRange, &pb.DeleteRangeRequest{Key: b("a"), RangeEnd: b("z"), PrevKv: true})
			send(t, t.kv.DeleteRange, &pb.DeleteRangeRequest{Key: b("a"), RangeEnd: b("z"), PrevKv: true})
		}},
		{name: "delete/many", run: func(t *T) {
			for i := range 500 {
				t.fill(fmt.Sprintf("d/%03d", i), "x")
			}
			send(t, t.kv.DeleteRange, &pb.DeleteRangeRequest{Key: b("d/"), RangeEnd: b("d0"), PrevKv: true})
			t.all()
		}},
		{name: "delete/detaches-from-the-lease", run: func(t *T) {
			lease := t.grant(600)
			t.puts(&pb.PutRequest{Key: b("a"), Lease: lease}, &pb.PutRequest{Key: b("b"), Lease: lease})
			t.del("a", "")
			send(t, t.lease.LeaseTimeToLive, &pb.LeaseTimeToLiveRequest{ID: lease, Keys: true})
			t.put("a", "again")
			send(t, t.lease.LeaseRevoke, &pb.LeaseRevokeRequest{ID: lease})
			t.all()
		}},
	}
}
