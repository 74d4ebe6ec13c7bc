package main

import (
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// shortTime is how long a case listens to be sure that nothing comes.
const shortTime = 250 * time.Millisecond

func watchCreateCases() []testCase {
	return []testCase{
		{name: "watch/create/now", run: func(t *T) {
			t.put("a", "0")
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a")})
			t.put("a", "1")
			w.next()
			t.put("b", "1")
			t.del("a", "")
			w.next()
			w.silence(shortTime)
			w.cancel()
			w.next()
		}},
		{name: "watch/create/ids", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a")})
			w.create(&pb.WatchCreateRequest{Key: b("b")})
			w.cancelWatcher(0)
			w.next()
			w.create(&pb.WatchCreateRequest{Key: b("c")})
			w.create(&pb.WatchCreateRequest{Key: b("d"), WatchId: 1})
			w.create(&pb.WatchCreateRequest{Key: b("d"), WatchId: 4})
			w.create(&pb.WatchCreateRequest{Key: b("d"), WatchId: 1 << 40})
			w.create(&pb.WatchCreateRequest{Key: b("d"), WatchId: -7})
			w.create(&pb.WatchCreateRequest{Key: b("e")})
			w.create(&pb.WatchCreateRequest{Key: b("f")})
			w.cancelWatcher(4)
			w.next()
			w.create(&pb.WatchCreateRequest{Key: b("g")})
			w.create(&pb.WatchCreateRequest{Key: b("g"), WatchId: 4})
			w.cancel()
		}},
		{name: "watch/create/ids-are-per-stream", run: func(t *T) {
			one, two := t.openWatch(), t.openWatch()
			one.create(&pb.WatchCreateRequest{Key: b("a")})
			two.create(&pb.WatchCreateRequest{Key: b("a")})
			two.create(&pb.WatchCreateRequest{Key: b("a"), WatchId: 3})
			one.create(&pb.WatchCreateRequest{Key: b("a"), WatchId: 3})
			one.cancel()
			two.cancel()
		}},
		{name: "watch/create/empty-key", run: func(t *T) {
			t.fill("a", "1")
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{})
			w.create(&pb.WatchCreateRequest{RangeEnd: b("\x00")})
			w.create(&pb.WatchCreateRequest{RangeEnd: b("b")})
			t.fill("\x00", "zero")
			t.sorted(w, 3)
			w.cancel()
		}},
		{name: "watch/create/ranges", run: func(t *T) {
			t.fill("a", "1", "b", "2", "c", "3", "d", "4", "\xff", "5")
			for _, bounds := range [][3]string{{"b", "", "1"}, {"b", "d", "2"}, {"c", "\x00", "3"}, {"\x00", "\x00", "5"}, {"a", "\xff", "4"}, {"b", "b\x00", "1"}} {
				w := t.openWatch()
				w.create(&pb.WatchCreateRequest{Key: b(bounds[0]), RangeEnd: b(bounds[1]), StartRevision: t.at(1)})
				w.events(int(bounds[2][0] - '0'))
				w.silence(shortTime / 3)
				w.cancel()
			}
		}},
		{name: "watch/create/empty-range-is-refused", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("b"), RangeEnd: b("a")})
			w.create(&pb.WatchCreateRequest{Key: b("b"), RangeEnd: b("b")})
			w.create(&pb.WatchCreateRequest{Key: b("b"), RangeEnd: b("a"), WatchId: 5})
			w.create(&pb.WatchCreateRequest{Key: b("b"), RangeEnd: b("a"), StartRevision: -1})
			w.create(&pb.WatchCreateRequest{Key: b("b")})
			t.put("b", "1")
			w.next()
			w.cancel()
		}},
		{name: "watch/create/negative-start", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), StartRevision: -1})
			w.create(&pb.WatchCreateRequest{Key: b("a"), StartRevision: -1 << 62, WatchId: 9})
			w.create(&pb.WatchCreateRequest{Key: b("a")})
			w.cancel()
		}},
		{name: "watch/create/future-start", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), StartRevision: t.at(3)})
			t.fill("a", "1", "a", "2")
			w.silence(shortTime)
			t.fill("a", "3", "a", "4")
			w.events(2)
			w.cancel()
		}},
		{name: "watch/create/start-at-the-next-revision", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), StartRevision: t.at(1)})
			t.fill("a", "1")
			w.next()
			w.progress()
			w.next()
			w.cancel()
		}},
		{name: "watch/create/far-future-start", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), StartRevision: 1 << 62})
			t.fill("a", "1", "a", "2")
			w.silence(shortTime)
			w.cancelWatcher(0)
			w.next()
			w.cancel()
		}},
		{name: "watch/create/history", run: func(t *T) {
			t.fill("a", "1", "b", "1", "a", "2")
			t.del("a", "")
			t.fill("a", "3")
			for step := int64(1); step <= 5; step++ {
				w := t.openWatch()
				w.create(&pb.WatchCreateRequest{Key: b("a"), RangeEnd: b("z"), StartRevision: t.at(step)})
				w.events(int(6 - step))
				w.cancel()
			}
		}},
		{name: "watch/create/same-key-twice", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), WatchId: 5})
			w.create(&pb.WatchCreateRequest{Key: b("a"), WatchId: 6})
			t.put("a", "1")
			t.sorted(w, 2)
			w.cancel()
		}},
		{name: "watch/create/without-request", run: func(t *T) {
			w := t.openWatch()
			w.request(&pb.WatchRequest{})
			w.silence(shortTime)
			w.create(&pb.WatchCreateRequest{Key: b("a")})
			w.cancel()
		}},
	}
}
