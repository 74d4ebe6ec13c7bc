package main

import (
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// reads looks at one key at each of the revisions after the start of the case.
func (t *T) reads(key string, steps ...int64) {
	for _, step := range steps {
		t.ranges(&pb.RangeRequest{Key: b(key), Revision: t.at(step)})
	}
}

func compactCases() []testCase {
	return []testCase{
		{name: "compact/at-is-readable-below-is-not", run: func(t *T) {
			t.fill("a", "1", "a", "2", "a", "3", "a", "4")
			t.compact(2)
			t.reads("a", 1, 2, 3, 4)
			t.ranges(&pb.RangeRequest{Key: b("a"), Revision: -1})
		}},
		{name: "compact/twice-and-future", run: func(t *T) {
			t.fill("a", "1", "a", "2")
			t.compact(3)
			t.compact(1)
			t.compact(1)
			t.compact(0)
			t.compact(2)
			t.compact(2)
			for _, revision := range []int64{0, -1, -1 << 60, 1 << 62} {
				send(t, t.kv.Compact, &pb.CompactionRequest{Revision: revision})
			}
			t.put("b", "1")
		}},
		{name: "compact/physical", run: func(t *T) {
			t.fill("a", "1", "a", "2", "a", "3")
			send(t, t.kv.Compact, &pb.CompactionRequest{Revision: t.at(2), Physical: true})
			send(t, t.kv.Compact, &pb.CompactionRequest{Revision: t.at(2), Physical: true})
			send(t, t.kv.Compact, &pb.CompactionRequest{Revision: t.at(9), Physical: true})
			t.reads("a", 1, 2, 3)
		}},
		{name: "compact/deleted-key", run: func(t *T) {
			t.fill("a", "1", "b", "1")
			t.del("a", "")
			t.fill("b", "2")
			t.compact(3)
			t.reads("a", 2, 3, 4)
			t.all()
			t.compact(4)
			t.reads("a", 3, 4)
			t.ranges(&pb.RangeRequest{Key: b("\x00"), RangeEnd: b("\x00"), CountOnly: true})
		}},
		{name: "compact/keeps-versions-and-create-revisions", run: func(t *T) {
			t.fill("a", "1", "a", "2", "b", "1", "a", "3")
			t.compact(4)
			t.put("a", "4")
			t.get("a")
			t.get("b")
		}},
		{name: "compact/recreated-key", run: func(t *T) {
			t.put("a", "1")
			t.del("a", "")
			t.put("a", "2")
			t.del("a", "")
			t.put("a", "3")
			t.compact(4)
			t.reads("a", 4, 5)
			t.compact(5)
			t.get("a")
		}},
		{name: "compact/read-only-txn-at-compacted", run: func(t *T) {
			t.fill("a", "1", "a", "2", "a", "3")
			t.compact(2)
			t.txns(then(rangeOp(&pb.RangeRequest{Key: b("a"), Revision: t.at(1)})), then(rangeOp(&pb.RangeRequest{Key: b("a"), Revision: t.at(2)})), choose(ifMod("a", greater, t.at(1)), nil, ops(rangeOp(&pb.RangeRequest{Key: b("a"), Revision: t.at(1)}))))
		}},
		{name: "compact/put-then-delete-in-one-revision", run: func(t *T) {
			t.put("x", "1")
			t.txns(then(opPut("b", "1"), opDel("a", "\x00")), then(opDel("a", "\x00"), opPut("b", "2")))
			t.compact(2)
			t.all()
			t.reads("b", 2, 3)
			t.compact(3)
			t.all()
		}},
		{name: "compact/kube-compactor", run: func(t *T) {
			t.fill("data", "1", "data", "2")
			bump := func(version int64, value string) {
				t.txns(choose(ifVersion("compact_rev_key", equal, version), ops(opPut("compact_rev_key", value)), ops(opGet("compact_rev_key", ""))))
			}
			bump(0, "first")
			bump(0, "late")
			bump(1, "second")
			t.compact(3)
			bump(2, "third")
			t.reads("compact_rev_key", 3, 4)
		}},
		// The value before an event at the compaction itself may be gone or not; after it, it has to be there.
		{name: "compact/watch-from-the-compaction", run: func(t *T) {
			t.fill("a", "1", "b", "1", "a", "2")
			t.del("a", "")
			t.fill("b", "2")
			t.compact(4)
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b(everything), RangeEnd: b(everything), StartRevision: t.at(4)})
			w.events(2)
			w.create(&pb.WatchCreateRequest{Key: b(everything), RangeEnd: b(everything), StartRevision: t.at(5), PrevKv: true})
			w.events(1)
			w.cancel()
		}},
		{name: "compact/watch-below", run: func(t *T) {
			t.fill("a", "1", "a", "2", "a", "3")
			t.compact(3)
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), StartRevision: t.at(1)})
			w.next()
			w.silence(shortTime)
			t.section("the stream goes on, but answers no progress request until the client cancels the watcher")
			w.create(&pb.WatchCreateRequest{Key: b("a")})
			w.progress()
			w.silence(shortTime)
			w.cancelWatcher(0)
			w.next()
			w.progress()
			w.next()
			w.cancel()
		}},
		{name: "compact/watch-caught-up-is-unaffected", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), PrevKv: true})
			t.fill("a", "1", "a", "2")
			w.events(2)
			t.compact(2)
			t.put("a", "3")
			w.events(1)
			w.cancel()
		}},
		{name: "compact/watch-waiting-for-the-future-is-unaffected", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), StartRevision: t.at(4)})
			t.fill("a", "1", "a", "2", "a", "3")
			t.compact(3)
			w.silence(shortTime)
			t.put("a", "4")
			w.events(1)
			w.cancel()
		}},
	}
}
