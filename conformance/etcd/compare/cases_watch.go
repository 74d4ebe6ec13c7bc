package main

import (
	"fmt"
	"sort"
	"strings"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// sorted writes count messages to the transcript in an order of their own: watchers of one stream have none.
func (t *T) sorted(w *watchStream, count int) {
	got := make([]string, count)
	for i := range got {
		_, got[i] = w.await(messageLimit)
	}
	sort.Strings(got)
	for _, text := range got {
		t.say("watch< %s", text)
	}
}

func watchCases() []testCase {
	return []testCase{
		{name: "watch/cancel/known-and-unknown", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a")})
			w.cancelWatcher(77)
			w.silence(shortTime)
			w.cancelWatcher(0)
			w.next()
			w.cancelWatcher(0)
			t.put("a", "1")
			w.silence(shortTime)
			w.cancel()
		}},
		{name: "watch/cancel/header", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a")})
			t.fill("x", "1", "x", "2")
			w.cancelWatcher(0)
			w.next()
			w.cancel()
			w.next()
		}},
		{name: "watch/cancel/others-go-on", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a")})
			w.create(&pb.WatchCreateRequest{Key: b("a")})
			w.cancelWatcher(0)
			w.next()
			t.put("a", "1")
			w.next()
			w.silence(shortTime)
			w.cancel()
		}},
		{name: "watch/half-close", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a")})
			w.halfClose()
			t.put("a", "1")
			w.next()
			w.silence(shortTime)
			w.cancel()
			w.next()
		}},
		{name: "watch/half-close-without-watchers", run: func(t *T) {
			w := t.openWatch()
			w.halfClose()
			w.silence(shortTime)
			w.cancel()
			w.next()
		}},
		{name: "watch/filter/noput", run: func(t *T) { t.filtered(pb.WatchCreateRequest_NOPUT) }},
		{name: "watch/filter/nodelete", run: func(t *T) { t.filtered(pb.WatchCreateRequest_NODELETE) }},
		{name: "watch/filter/both", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), Filters: []pb.WatchCreateRequest_FilterType{0, 1}})
			t.put("a", "1")
			t.del("a", "")
			w.silence(shortTime)
			w.progress()
			w.next()
			w.cancel()
		}},
		{name: "watch/filter/unknown", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), Filters: []pb.WatchCreateRequest_FilterType{7}})
			t.put("a", "1")
			w.next()
			w.cancel()
		}},
		{name: "watch/filter/history", run: func(t *T) {
			t.put("a", "1")
			t.del("a", "")
			t.put("a", "2")
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), StartRevision: t.at(1), PrevKv: true, Filters: []pb.WatchCreateRequest_FilterType{pb.WatchCreateRequest_NOPUT}})
			w.events(1)
			w.silence(shortTime)
			w.cancel()
		}},
		{name: "watch/prev-kv/live", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), RangeEnd: b("c"), PrevKv: true})
			t.put("a", "1")
			w.next()
			t.put("a", "2")
			w.next()
			t.txns(then(opPut("b", "1"), opDel("a", "")))
			w.next()
			t.put("a", "3")
			w.next()
			w.cancel()
		}},
		{name: "watch/prev-kv/history", run: func(t *T) {
			t.fill("a", "1", "a", "2")
			t.del("a", "")
			t.fill("a", "3", "b", "1")
			t.del("a", "z")
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), RangeEnd: b("z"), PrevKv: true, StartRevision: t.at(1)})
			w.events(7)
			w.create(&pb.WatchCreateRequest{Key: b("a"), RangeEnd: b("z"), StartRevision: t.at(1)})
			w.events(7)
			w.cancel()
		}},
		{name: "watch/prev-kv/put-and-delete-in-one-revision", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), RangeEnd: b("z"), PrevKv: true})
			t.txns(then(opPut("b", "1"), opDel("a", "\x00")))
			w.next()
			t.put("b", "2")
			w.next()
			t.txns(then(opPut("b", "3"), opDel("a", "\x00")))
			w.next()
			t.txns(then(opDel("a", "\x00"), opPut("b", "4")))
			w.next()
			t.txns(then(opDel("a", "\x00"), opPut("b", "5")))
			w.next()
			w.create(&pb.WatchCreateRequest{Key: b("a"), RangeEnd: b("z"), PrevKv: true, StartRevision: t.at(1)})
			w.events(9)
			w.cancel()
		}},
		{name: "watch/txn-in-one-message", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("k"), RangeEnd: b("l")})
			t.txns(then(opPut("k3", "1"), opPut("k1", "1"), opPut("other", "1"), opPut("k2", "1")))
			w.next()
			t.del("k", "l")
			w.next()
			w.silence(shortTime)
			w.cancel()
		}},
		{name: "watch/lease-revoke", run: func(t *T) {
			lease := t.grant(600)
			for _, key := range []string{"c", "a", "b"} {
				t.puts(&pb.PutRequest{Key: b(key), Value: b(key), Lease: lease})
			}
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), RangeEnd: b("z"), PrevKv: true})
			send(t, t.lease.LeaseRevoke, &pb.LeaseRevokeRequest{ID: lease})
			w.next()
			w.cancel()
		}},
		{name: "watch/no-event-for-nothing", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b(everything), RangeEnd: b(everything)})
			t.del("a", "z")
			t.txns(then(opGet("a", "")), &pb.TxnRequest{})
			t.puts(&pb.PutRequest{Key: b("a"), Lease: 4711})
			lease := t.grant(600)
			send(t, t.lease.LeaseRevoke, &pb.LeaseRevokeRequest{ID: lease})
			t.compact(0)
			w.silence(shortTime)
			w.cancel()
		}},
		{name: "watch/replay/never-splits-a-revision", run: func(t *T) {
			for i := range 40 {
				var list []*pb.RequestOp
				for k := range 60 {
					list = append(list, opPut(fmt.Sprintf("s/%02d", k), fmt.Sprint(i)))
				}
				quiet(t, t.kv.Txn, then(list...))
			}
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("s/"), RangeEnd: b("s0"), StartRevision: t.at(1)})
			w.summary(2400)
			w.cancel()
		}},
		{name: "watch/replay/1500-revisions", run: func(t *T) {
			for i := range 1500 {
				t.fill("h", fmt.Sprint(i))
			}
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("h"), StartRevision: t.at(1), PrevKv: true})
			w.summary(1500)
			t.put("h", "live")
			w.next()
			w.cancel()
		}},
		{name: "watch/progress/caught-up", run: func(t *T) {
			w := t.openWatch()
			w.progress()
			w.silence(shortTime)
			w.create(&pb.WatchCreateRequest{Key: b("a")})
			w.progress()
			w.next()
			t.fill("x", "1", "x", "2")
			w.progress()
			w.next()
			w.create(&pb.WatchCreateRequest{Key: b("b")})
			w.progress()
			w.next()
			w.silence(shortTime)
			w.cancel()
		}},
		{name: "watch/progress/not-with-a-future-watcher", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a")})
			w.create(&pb.WatchCreateRequest{Key: b("b"), StartRevision: t.at(2)})
			w.progress()
			w.silence(shortTime)
			t.fill("x", "1", "x", "2")
			w.eventuallyProgress()
			w.cancel()
		}},
		{name: "watch/progress/after-events", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), RangeEnd: b("z")})
			for i := range 50 {
				t.fill("k", fmt.Sprint(i))
			}
			w.progress()
			w.summary(50)
			w.next()
			w.cancel()
		}},
		{name: "watch/progress/without-watchers", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a")})
			w.cancelWatcher(0)
			w.next()
			w.progress()
			w.silence(shortTime)
			w.cancel()
		}},
		{name: "watch/progress/notify", settings: settings{progressInterval: 300 * time.Millisecond}, run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), ProgressNotify: true})
			w.next()
			t.fill("x", "1")
			w.eventuallyProgress()
			w.cancel()
		}},
		{name: "watch/progress/notify-only-for-those-who-asked", settings: settings{progressInterval: 300 * time.Millisecond}, run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a")})
			w.silence(time.Second)
			w.create(&pb.WatchCreateRequest{Key: b("a"), ProgressNotify: true, StartRevision: t.at(50)})
			w.silence(time.Second)
			w.cancel()
		}},
		{name: "watch/fragment/replay", run: func(t *T) {
			t.bigValues(10, 500<<10)
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("big/"), RangeEnd: b("big0"), StartRevision: t.at(1), Fragment: true})
			w.fragments(10)
			w.cancel()
		}},
		{name: "watch/fragment/one-revision", run: func(t *T) {
			t.bigValues(8, 500<<10)
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("big/"), RangeEnd: b("big0"), PrevKv: true, Fragment: true})
			t.del("big/", "big0")
			w.fragments(8)
			w.cancel()
		}},
		{name: "watch/fragment/off", run: func(t *T) {
			t.bigValues(8, 500<<10)
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("big/"), RangeEnd: b("big0"), PrevKv: true})
			t.del("big/", "big0")
			w.fragments(8)
			w.cancel()
		}},
		{name: "watch/fragment/small-is-whole", run: func(t *T) {
			w := t.openWatch()
			w.create(&pb.WatchCreateRequest{Key: b("a"), RangeEnd: b("z"), Fragment: true})
			t.txns(then(opPut("a", "1"), opPut("b", "2")))
			w.next()
			w.cancel()
		}},
		{name: "watch/many-watchers-on-a-stream", run: func(t *T) {
			w := t.openWatch()
			for i := range 100 {
				w.create(&pb.WatchCreateRequest{Key: b(fmt.Sprintf("w/%02d", i%50)), RangeEnd: b("w0")})
			}
			t.put("w/49", "x")
			t.sorted(w, 100)
			w.cancel()
		}},
	}
}

// filtered puts, deletes and puts again before a watcher with one filter.
func (t *T) filtered(filter pb.WatchCreateRequest_FilterType) {
	w := t.openWatch()
	w.create(&pb.WatchCreateRequest{Key: b("a"), PrevKv: true, Filters: []pb.WatchCreateRequest_FilterType{filter}})
	t.put("a", "1")
	t.del("a", "")
	w.next()
	t.put("a", "2")
	t.txns(then(opDel("a", "")))
	w.next()
	w.silence(shortTime)
	w.cancel()
}

// bigValues puts count values of the size in revisions of their own.
func (t *T) bigValues(count, size int) {
	for i := range count {
		t.fill(fmt.Sprintf("big/%02d", i), strings.Repeat(string(rune('a'+i)), size))
	}
}

// summary collects count events and writes their number, their order and a checksum to the transcript.
func (w *watchStream) summary(count int) {
	got := w.gather(count)
	var all strings.Builder
	for _, event := range got {
		all.WriteString(w.t.render(event))
	}
	w.t.say("watch< %d events, %s", len(got), shortBytes([]byte(all.String())))
}

// fragments writes to the transcript how the events of big messages are cut.
func (w *watchStream) fragments(count int) {
	for seen := 0; seen < count; {
		answer, text := w.await(messageLimit)
		if answer == nil {
			w.t.say("watch< %s after %d events", text, seen)
			return
		}
		seen += len(answer.Events)
		w.t.say("watch< id %d, %d events, fragment %t, header %s, below 2 MiB: %t", answer.WatchId, len(answer.Events), answer.Fragment, w.t.render(answer.Header), answer.Size() < 2<<20)
	}
}

// eventuallyProgress repeats progress requests until one is answered: when a watcher counts as caught up is not specified.
func (w *watchStream) eventuallyProgress() {
	for range 40 {
		w.call.Send(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_ProgressRequest{ProgressRequest: &pb.WatchProgressRequest{}}})
		if answer, text := w.await(100 * time.Millisecond); answer != nil {
			w.t.say("watch< in the end %s", text)
			return
		}
	}
	w.t.say("watch< no progress")
}
