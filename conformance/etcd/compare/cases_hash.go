package main

import (
	"fmt"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

func (t *T) hashKV(revision int64) *pb.HashKVResponse {
	return send(t, t.maintenance.HashKV, &pb.HashKVRequest{Revision: revision})
}

// purge compacts and waits until it is done. etcd remembers the hash of a compacted revision only from then on; until then
// it answers a hash of the store as it is about to become.
func (t *T) purge(steps int64) {
	send(t, t.kv.Compact, &pb.CompactionRequest{Revision: t.at(steps), Physical: true})
}

func hashCases() []testCase {
	return []testCase{
		{name: "hash/kv/now-and-then", run: func(t *T) {
			t.fill("a", "1", "b", "2", "a", "3")
			t.del("b", "")
			for _, revision := range []int64{0, t.at(0), t.at(1), t.at(2), t.at(3), t.at(4), t.at(5), -1, -100, 1 << 62} {
				t.hashKV(revision)
			}
		}},
		{name: "hash/kv/before-and-after-compaction", run: func(t *T) {
			t.fill("a", "1", "b", "2", "a", "3", "c", "1")
			t.del("b", "")
			t.fill("a", "4")
			t.hashKV(t.at(5))
			t.purge(5)
			t.hashKV(t.at(5))
			t.hashKV(t.at(4))
			t.hashKV(t.at(6))
			t.hashKV(0)
			t.purge(6)
			t.hashKV(t.at(5))
			t.hashKV(t.at(6))
			t.hashKV(0)
		}},
		{name: "hash/kv/of-compactions-that-nobody-asked-for", run: func(t *T) {
			t.fill("z", "stays")
			t.fill("a", "1", "b", "2", "a", "3", "c", "1")
			t.del("b", "")
			t.purge(4)
			t.hashKV(t.at(4))
			t.fill("a", "4")
			t.purge(6)
			t.hashKV(t.at(4))
			t.hashKV(t.at(6))
			t.hashKV(0)
		}},
		// A key stays alive here and below: where none does, etcd's own answers before and after the compaction differ.
		{name: "hash/kv/compaction-at-a-tombstone", run: func(t *T) {
			t.fill("z", "stays")
			t.fill("a", "1", "b", "1")
			t.del("a", "z")
			t.hashKV(0)
			t.purge(4)
			t.hashKV(0)
			t.fill("a", "2")
			t.hashKV(t.at(4))
			t.hashKV(0)
			t.purge(5)
			t.hashKV(0)
		}},
		{name: "hash/kv/remembers-ten-compactions", run: func(t *T) {
			for i := range 14 {
				t.fill("a", fmt.Sprint(i), "b", fmt.Sprint(i))
			}
			for step := int64(2); step <= 24; step += 2 {
				t.hashKV(t.at(step))
				t.purge(step)
			}
			for step := int64(2); step <= 26; step++ {
				t.hashKV(t.at(step))
			}
		}},
		{name: "hash/kv/leases-and-versions-count", run: func(t *T) {
			t.grants(&pb.LeaseGrantRequest{ID: 7, TTL: 600})
			t.puts(&pb.PutRequest{Key: b("a"), Value: b("1"), Lease: 7})
			t.hashKV(0)
			t.puts(&pb.PutRequest{Key: b("a"), Value: b("1")})
			t.hashKV(0)
			t.revoke(7)
			t.hashKV(0)
		}},
		{name: "hash/kv/several-changes-in-a-revision", run: func(t *T) {
			t.fill("A", "stays")
			t.txns(then(opPut("b", "1"), opPut("a", "1"), opPut("c", "")), then(opPut("b", "2"), opDel("a", "\x00")), then(opDel("x", "\x00"), opPut("a", "3")))
			t.hashKV(t.at(2))
			t.hashKV(t.at(3))
			t.hashKV(0)
			t.purge(3)
			t.hashKV(0)
			t.hashKV(t.at(3))
		}},
		{name: "hash/all/stable", run: func(t *T) {
			t.fill("a", "1")
			one, two := quiet(t, t.maintenance.Hash, &pb.HashRequest{}), quiet(t, t.maintenance.Hash, &pb.HashRequest{})
			t.say("%s", t.render(one))
			t.say("equal when nothing was written: %t", one.Hash == two.Hash)
			t.fill("a", "2")
			t.say("another one after a put: %t", quiet(t, t.maintenance.Hash, &pb.HashRequest{}).Hash != one.Hash)
		}},
	}
}

// freshCases need a store that nothing was written to.
func freshCases() []testCase {
	return []testCase{
		{name: "fresh/golden-hashes/compact-between", fresh: true, run: func(t *T) {
			t.say("empty: %d", quiet(t, t.maintenance.HashKV, &pb.HashKVRequest{}).Hash)
			for _, batch := range []int64{0, 71, 142} {
				t.goldenPuts(batch)
				t.goldenHash(batch + 35)
				quiet(t, t.kv.Compact, &pb.CompactionRequest{Revision: batch + 35, Physical: true})
				t.goldenHash(batch + 35)
			}
			t.say("in etcd's own test: (4082599214,-1,35) (2279933401,35,106) (3284231217,106,177)")
		}},
		{name: "fresh/golden-hashes/compact-newest", fresh: true, run: func(t *T) {
			for _, batch := range []int64{0, 71, 142} {
				t.goldenPuts(batch)
				now := quiet(t, t.kv.Range, &pb.RangeRequest{Key: b("x")}).Header.Revision
				t.goldenHash(now)
				quiet(t, t.kv.Compact, &pb.CompactionRequest{Revision: now, Physical: true})
				t.goldenHash(now)
				t.goldenHash(0)
			}
			t.say("in etcd's own test: (1913897190,-1,73) (224860069,73,145) (1565167519,145,217)")
		}},
		{name: "fresh/first-revisions", fresh: true, run: func(t *T) {
			now := quiet(t, t.kv.Range, &pb.RangeRequest{Key: b("a")})
			t.say("a fresh store is at revision %d", now.Header.Revision)
			t.all()
			t.ranges(&pb.RangeRequest{Key: b("a"), Revision: 1}, &pb.RangeRequest{Key: b("a"), Revision: 2})
			t.hashKV(0)
			t.status()
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b(everything), RangeEnd: b(everything), StartRevision: 1})
			t.put("a", "1")
			w.next()
			w.cancel()
		}},
		{name: "fresh/compact-0-works-once", fresh: true, run: func(t *T) {
			send(t, t.kv.Compact, &pb.CompactionRequest{Revision: -1})
			send(t, t.kv.Compact, &pb.CompactionRequest{})
			send(t, t.kv.Compact, &pb.CompactionRequest{})
			send(t, t.kv.Compact, &pb.CompactionRequest{Revision: 1})
			send(t, t.kv.Compact, &pb.CompactionRequest{Revision: 2})
			t.put("a", "1")
			t.hashKV(t.at(1))
		}},
		{name: "fresh/deleted-to-nothing", fresh: true, run: func(t *T) {
			t.fill("a", "1", "b", "1")
			t.del("a", "z")
			t.hashKV(0)
			t.purge(3)
			t.hashKV(0)
			t.all()
			t.put("a", "1")
			t.hashKV(0)
		}},
	}
}

// goldenPuts writes one batch of the 72 keys that etcd's own test of the hash uses; the batches share their edges.
func (t *T) goldenPuts(from int64) {
	names := []string{"alice", "bob", "celine", "dominik", "eve", "frederica", "gorge"}
	for i := from; i <= from+71; i++ {
		key := names[i%7]
		if i%142 == 30 {
			key = "zenek"
		} else if i%71 == 30 {
			key = "xavery"
		}
		t.fill(key, fmt.Sprint(i))
	}
}

func (t *T) goldenHash(revision int64) {
	answer := quiet(t, t.maintenance.HashKV, &pb.HashKVRequest{Revision: revision})
	if answer != nil {
		t.say("HashKV(%d) = (%d,%d,%d)", revision, answer.Hash, answer.CompactRevision, answer.HashRevision)
	}
}
