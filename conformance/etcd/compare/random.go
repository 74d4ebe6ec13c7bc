package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// How many operations lie between two comparisons of the hash over everything.
const hashEvery = 250

// operation is one request of a random sequence, complete in itself, so that a sequence can be replayed without the parts
// that do not matter.
type operation struct {
	message any
	send    func(t *T) (any, error)
}

// operationOf binds a request to the method that sends it.
func operationOf[Request, Answer any](method func(*T) func(context.Context, *Request) (*Answer, error), request *Request) operation {
	return operation{message: request, send: func(t *T) (any, error) { return method(t)(t.timeout(), request) }}
}

// difference is the first operation of a sequence that was answered differently.
type difference struct {
	index       int
	operation   string
	etcd, netsy string
}

func (d *difference) String() string {
	return fmt.Sprintf("operation %d: %s\n     etcd   %s\n     netsy  %s", d.index, d.operation, d.etcd, d.netsy)
}

// runRandom runs the seeds, so many at a time; on a server from --endpoint one after another.
func runRandom(o *options) int {
	if o.programs.endpoint != "" {
		o.parallel = 1
	}
	var (
		wait   sync.WaitGroup
		mu     sync.Mutex
		passed int
	)
	seeds := make(chan int64)
	for range o.parallel {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for seed := range seeds {
				started := time.Now()
				report, ok := runSeed(o, seed)
				mu.Lock()
				fmt.Printf("%s seed %d: %s (%.1f s)\n", word(ok), seed, report, time.Since(started).Seconds())
				if ok {
					passed++
				}
				mu.Unlock()
			}
		}()
	}
	for seed := o.seed; seed < o.seed+int64(o.seeds); seed++ {
		seeds <- seed
	}
	close(seeds)
	wait.Wait()
	fmt.Printf("random: %d of %d seeds without a difference, %d operations each\n", passed, o.seeds, o.ops)
	if passed < o.seeds {
		return 1
	}
	return 0
}

func word(ok bool) string {
	if ok {
		return "ok  "
	}
	return "FAIL"
}

// runSeed makes one sequence while it runs, since requests name revisions that earlier answers gave.
func runSeed(o *options, seed int64) (string, bool) {
	both, err := o.programs.newPair(settings{})
	if err != nil {
		return err.Error(), false
	}
	defer both.remove()
	run, err := newRandomRun(both)
	if err != nil {
		return err.Error(), false
	}
	defer run.close()
	found := run.generate(newGenerator(seed, run.revision), o.ops)
	if found == nil {
		found = run.finish()
	}
	if found == nil {
		return fmt.Sprintf("%d operations, %d revisions, %d events, hash %s", len(run.done), run.revision, run.events, run.hash), true
	}
	return found.String() + "\n" + shrink(o, run.done), false
}

// randomRun is one sequence in progress on a pair.
type randomRun struct {
	etcd, netsy *T
	watches     [2]*watchStream
	from        int64 // the live watchers' first revision
	revision    int64
	compacted   int64
	done        []operation
	events      int
	hash        string
}

func newRandomRun(both *pair) (*randomRun, error) {
	etcd, err := newT(both.etcd)
	if err != nil {
		return nil, err
	}
	netsy, err := newT(both.netsy)
	if err != nil {
		return nil, err
	}
	run := &randomRun{etcd: etcd, netsy: netsy, revision: etcd.base, from: etcd.base + 1}
	etcd.base, netsy.base = 0, 0
	for i, t := range []*T{etcd, netsy} {
		run.watches[i] = t.watchEverything(run.from)
	}
	return run, nil
}

func (t *T) watchEverything(from int64) *watchStream {
	w := t.openWatch()
	w.create(&pb.WatchCreateRequest{Key: b(everything), RangeEnd: b(everything), StartRevision: from, PrevKv: true})
	return w
}

func (r *randomRun) close() {
	for _, w := range r.watches {
		w.cancel()
	}
}

// generate sends operations until one is answered differently.
func (r *randomRun) generate(g *generator, count int) *difference {
	for i := range count {
		op := g.next(r.revision, r.compacted)
		if i%hashEvery == hashEvery-1 {
			op = hashOperation(0)
		}
		if found := r.step(op); found != nil {
			return found
		}
	}
	return nil
}

// step sends one operation to both and compares the answers.
func (r *randomRun) step(op operation) *difference {
	r.done = append(r.done, op)
	var texts [2]string
	var answers [2]any
	var wait sync.WaitGroup
	for i, t := range []*T{r.etcd, r.netsy} {
		wait.Add(1)
		go func() {
			defer wait.Done()
			answer, err := op.send(t)
			answers[i] = answer
			if texts[i] = t.failureOr(err); err == nil {
				texts[i] = t.render(answer)
			}
		}()
	}
	wait.Wait()
	if texts[0] != texts[1] {
		return &difference{len(r.done), r.etcd.render(op.message), texts[0], texts[1]}
	}
	r.learn(op, answers[0])
	return nil
}

func (t *T) failureOr(err error) string {
	if err == nil {
		return ""
	}
	return t.failure(err)
}

// learn takes the revisions out of an answer that both servers gave.
func (r *randomRun) learn(op operation, answer any) {
	if with, ok := answer.(interface{ GetHeader() *pb.ResponseHeader }); ok && with.GetHeader() != nil {
		r.revision = max(r.revision, with.GetHeader().Revision)
	}
	if request, ok := op.message.(*pb.CompactionRequest); ok {
		if done, _ := answer.(*pb.CompactionResponse); done != nil {
			r.compacted = max(r.compacted, request.Revision)
		}
	}
	if done, ok := answer.(*pb.HashKVResponse); ok && done != nil {
		r.hash = fmt.Sprint(done.Hash)
	}
}

// finish compares what is left: all keys, the hash, every event that the live watchers saw, and the whole history again.
func (r *randomRun) finish() *difference {
	for _, op := range []operation{rangeOperation(&pb.RangeRequest{Key: b(everything), RangeEnd: b(everything)}), leasesOperation(), hashOperation(0)} {
		if found := r.step(op); found != nil {
			return found
		}
	}
	if found := r.compareEvents("live watch from the start", r.watches, r.from); found != nil {
		return found
	}
	from := max(r.compacted, 1)
	replays := [2]*watchStream{r.etcd.watchEverything(from), r.netsy.watchEverything(from)}
	defer replays[0].cancel()
	defer replays[1].cancel()
	return r.compareEvents("watch from the compaction", replays, from)
}

// compareEvents collects both watchers' events up to the newest revision.
func (r *randomRun) compareEvents(what string, watches [2]*watchStream, from int64) *difference {
	var events [2][]string
	var wait sync.WaitGroup
	for i, w := range watches {
		wait.Add(1)
		go func() {
			defer wait.Done()
			events[i] = w.until(r.revision, r.compacted)
		}()
	}
	wait.Wait()
	for i := 0; i < max(len(events[0]), len(events[1])); i++ {
		if left, right := line(events[0], i), line(events[1], i); left != right {
			return &difference{len(r.done), fmt.Sprintf("%s at %d, event %d", what, from, i), left, right}
		}
	}
	r.events += len(events[0])
	return nil
}

// until collects the texts of events up to a revision that has some. At the compaction itself the value before is gone
// in etcd, while another server may still have it; it is left out there.
func (w *watchStream) until(revision, compacted int64) []string {
	var texts []string
	var last int64
	for last < revision {
		answer, text := w.await(messageLimit)
		if answer == nil || answer.Canceled {
			return append(texts, text)
		}
		if len(answer.Events) > 0 && answer.Events[0].Kv.ModRevision <= last {
			texts = append(texts, fmt.Sprintf("revision %d is split over two messages", last))
		}
		for _, event := range answer.Events {
			last = event.Kv.ModRevision
			if last == compacted {
				event.PrevKv = nil
			}
			texts = append(texts, w.t.render(event))
		}
	}
	return texts
}

// shownOperations is how many operations of a sequence that shows a difference are printed.
const shownOperations = 40

// shrink replays ever smaller parts of a sequence on fresh servers while the difference stays, within a limit of time.
func shrink(o *options, sequence []operation) string {
	deadline := time.Now().Add(2 * time.Minute)
	current, last := sequence, (*difference)(nil)
	for size := len(current) / 2; size >= 1 && time.Now().Before(deadline); size /= 2 {
		for start := 0; start < len(current) && len(current) > 1 && time.Now().Before(deadline); {
			fewer := append(append([]operation(nil), current[:start]...), current[min(start+size, len(current)):]...)
			if found := replay(o, fewer); found != nil {
				current, last = fewer[:min(found.index, len(fewer))], found
				continue
			}
			start += size
		}
	}
	text := fmt.Sprintf("     %d operations show it, the last of them:", len(current))
	names := &names{}
	for i, op := range current {
		if i < len(current)-shownOperations {
			names.render(op.message) // names are numbered in the order of their first use
			continue
		}
		text += "\n       " + names.render(op.message)
	}
	if last == nil {
		return text + "\n     no smaller sequence shows a difference"
	}
	return text + "\n     " + last.String()
}

// replay runs a fixed sequence on fresh servers.
func replay(o *options, sequence []operation) *difference {
	both, err := o.programs.newPair(settings{})
	if err != nil {
		return nil
	}
	defer both.remove()
	run, err := newRandomRun(both)
	if err != nil {
		return nil
	}
	defer run.close()
	for _, op := range sequence {
		if found := run.step(op); found != nil {
			return found
		}
	}
	return run.finish()
}
