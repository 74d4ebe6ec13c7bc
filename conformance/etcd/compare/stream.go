package main

import (
	"context"
	"io"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// stream is an open stream of a case. A goroutine collects what arrives, so that the case can wait with a limit.
type stream[Answer any] struct {
	t        *T
	label    string
	arrived  chan arrival[Answer]
	closeOne func()
}

type arrival[Answer any] struct {
	answer *Answer
	err    error
}

// collect starts to read from a stream until it ends.
func collect[Answer any](t *T, label string, receive func() (*Answer, error), cancel func()) *stream[Answer] {
	s := &stream[Answer]{t: t, label: label, arrived: make(chan arrival[Answer], 100_000), closeOne: cancel}
	go func() {
		for {
			answer, err := receive()
			s.arrived <- arrival[Answer]{answer, err}
			if err != nil {
				return
			}
		}
	}()
	return s
}

// next waits for one message and writes it to the transcript; nil when the stream ended or nothing came.
func (s *stream[Answer]) next() *Answer {
	answer, text := s.await(messageLimit)
	s.t.say("%s< %s", s.label, text)
	return answer
}

// silence writes to the transcript what arrives within the time: nothing, as a rule.
func (s *stream[Answer]) silence(within time.Duration) {
	_, text := s.await(within)
	s.t.say("%s< %s", s.label, text)
}

func (s *stream[Answer]) await(limit time.Duration) (*Answer, string) {
	select {
	case got := <-s.arrived:
		if got.err == io.EOF {
			return nil, "end of the stream, OK"
		}
		if got.err != nil {
			return nil, s.t.failure(got.err)
		}
		return got.answer, s.t.render(got.answer)
	case <-time.After(limit):
		return nil, "silence"
	}
}

// cancel ends the stream from the client's side.
func (s *stream[Answer]) cancel() { s.closeOne() }

// watchStream is one Watch call.
type watchStream struct {
	*stream[pb.WatchResponse]
	call pb.Watch_WatchClient
}

func (t *T) openWatch() *watchStream {
	ctx, cancel := context.WithCancel(t.ctx)
	call, err := t.watch.Watch(ctx)
	if err != nil {
		t.say("Watch: %s", t.failure(err))
		cancel()
		ended := func() (*pb.WatchResponse, error) { return nil, err }
		return &watchStream{collect(t, "watch", ended, cancel), nil}
	}
	return &watchStream{collect(t, "watch", call.Recv, cancel), call}
}

func (w *watchStream) request(request *pb.WatchRequest) {
	w.t.say("watch> %s", w.t.render(request))
	if w.call != nil {
		w.call.Send(request)
	}
}

// create asks for a watcher and waits for the first answer to that.
func (w *watchStream) create(request *pb.WatchCreateRequest) *pb.WatchResponse {
	w.ask(request)
	return w.next()
}

func (w *watchStream) ask(request *pb.WatchCreateRequest) {
	w.request(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{CreateRequest: request}})
}

func (w *watchStream) cancelWatcher(id int64) {
	w.request(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_CancelRequest{CancelRequest: &pb.WatchCancelRequest{WatchId: id}}})
}

func (w *watchStream) progress() {
	w.request(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_ProgressRequest{ProgressRequest: &pb.WatchProgressRequest{}}})
}

func (w *watchStream) halfClose() {
	w.t.say("watch> half close")
	w.call.CloseSend()
}

// events collects count events of one watcher, however they are cut into messages, and writes them to the transcript one
// a line. That cut is unspecified; what is not is that a revision is never split and that no header is behind its events.
func (w *watchStream) events(count int) []*mvccpb.Event {
	got := w.gather(count)
	for _, event := range got {
		w.t.say("watch< event %s", w.t.render(event))
	}
	return got
}

// gather collects events and says only what is wrong.
func (w *watchStream) gather(count int) []*mvccpb.Event {
	var got []*mvccpb.Event
	var last int64
	inFragments := false
	for len(got) < count {
		answer, text := w.await(messageLimit)
		if answer == nil || len(answer.Events) == 0 {
			w.t.say("watch< %s instead of event %d of %d", text, len(got)+1, count)
			return got
		}
		if first := answer.Events[0].Kv.ModRevision; first < last || (first == last && !inFragments) {
			w.t.say("watch< revision %s comes in a second message, after %s", w.t.distance(first), w.t.distance(last))
		}
		got = append(got, answer.Events...)
		last = got[len(got)-1].Kv.ModRevision
		inFragments = answer.Fragment
		if answer.Header.GetRevision() < last {
			w.t.say("watch< header is at %s, behind its events", w.t.distance(answer.Header.GetRevision()))
		}
	}
	return got
}

// openKeepAlive is one LeaseKeepAlive call.
func (t *T) openKeepAlive() *keepAliveStream {
	ctx, cancel := context.WithCancel(t.ctx)
	call, err := t.lease.LeaseKeepAlive(ctx)
	if err != nil {
		t.say("LeaseKeepAlive: %s", t.failure(err))
		cancel()
		ended := func() (*pb.LeaseKeepAliveResponse, error) { return nil, err }
		return &keepAliveStream{collect(t, "keepalive", ended, cancel), nil}
	}
	return &keepAliveStream{collect(t, "keepalive", call.Recv, cancel), call}
}

type keepAliveStream struct {
	*stream[pb.LeaseKeepAliveResponse]
	call pb.Lease_LeaseKeepAliveClient
}

// renew sends one request and waits for its answer.
func (k *keepAliveStream) renew(id int64) *pb.LeaseKeepAliveResponse {
	k.ask(id)
	return k.next()
}

func (k *keepAliveStream) ask(id int64) {
	request := &pb.LeaseKeepAliveRequest{ID: id}
	k.t.say("keepalive> %s", k.t.render(request))
	if k.call != nil {
		k.call.Send(request)
	}
}

// background makes a unary call that is expected to wait; the answer is collected like that of a stream.
func background[Request, Answer any](t *T, label string, method func(context.Context, *Request, ...grpc.CallOption) (*Answer, error), request *Request) *stream[Answer] {
	t.say("%s> %s", label, t.render(request))
	ctx, cancel := context.WithCancel(t.ctx)
	s := &stream[Answer]{t: t, label: label, arrived: make(chan arrival[Answer], 2), closeOne: cancel}
	go func() {
		answer, err := method(ctx, request)
		s.arrived <- arrival[Answer]{answer, err}
	}()
	return s
}

// invoke makes a call by its full name with bytes as they are, for methods and messages that no stub knows.
func (t *T) invoke(method string, body []byte) []byte {
	t.say("> %s with %s", method, shortBytes(body))
	var answer []byte
	err := t.srv.conn.Invoke(t.timeout(), method, &body, &answer, rawCall)
	if err != nil {
		t.say("< %s", t.failure(err))
		return nil
	}
	return answer
}

// rawCodec passes bytes through.
type rawCodec struct{}

func (rawCodec) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }

func (rawCodec) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append([]byte(nil), data...)
	return nil
}

func (rawCodec) Name() string { return "proto" }

// rawCall makes a call's messages bytes as they are.
var rawCall = grpc.ForceCodec(rawCodec{})

// code gives the gRPC code of a call's end.
func code(err error) codes.Code { return status.Code(err) }
