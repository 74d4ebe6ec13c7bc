package io.netsy.etcd.forward;

import static io.netsy.etcd.testkit.Requests.bytes;
import static io.netsy.etcd.testkit.Requests.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.access.CallerName;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.forward.End;
import io.netsy.etcd.proto.forward.ForwardGrpc;
import io.netsy.etcd.proto.forward.ForwardedAnswer;
import io.netsy.etcd.proto.forward.ForwardedAnswers;
import io.netsy.etcd.proto.forward.ForwardedRequest;
import io.netsy.etcd.proto.forward.ForwardedRequests;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.testkit.Calls;
import io.netsy.etcd.testkit.InProcessServer;
import io.netsy.etcd.testkit.TestEtcd;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A standby's end of the stream that requests share, against a primary that a test plays. */
class SharedStreamTest {
    private final Primary primary = new Primary();
    private final TestEtcd standby = new TestEtcd();
    private final List<String> peerCalls = new ArrayList<>();
    private final InProcessServer peers = new InProcessServer(primary, new KVGrpc.KVImplBase() {
        @Override
        public void put(PutRequest request, StreamObserver<PutResponse> answer) {
            peerCalls.add("Put");
            answer.onError(Status.UNAVAILABLE.asRuntimeException());
        }
    });

    /** How far the standby's copy is applied, and what waits for more. */
    private long applied;

    private final NavigableMap<Long, Runnable> waiting = new TreeMap<>();

    /** What the sender's thread has not done yet. */
    private final Deque<Runnable> sender = new ArrayDeque<>();

    private final CurrentRoute routes = Listeners.always(
            new PrimaryRoute.Route.Remote(PrimaryLink.over(peers.channel(), sender::add, this::whenApplied)));
    private final InProcessServer clients = new InProcessServer(
            Listeners.ofClients(standby, Listeners.settings(routes, Duration.ofSeconds(30), CallerName.NONE)));

    @AfterEach
    void close() {
        clients.close();
        peers.close();
        standby.close();
    }

    /** Notes what comes; takes, answers and ends what a test says. */
    private static final class Primary extends ForwardGrpc.ForwardImplBase {
        private final List<ForwardedRequests> messages = new ArrayList<>();
        private final List<ServerCallStreamObserver<ForwardedAnswers>> streams = new ArrayList<>();
        private boolean takesNothing;

        @Override
        public StreamObserver<ForwardedRequests> exchange(StreamObserver<ForwardedAnswers> answers) {
            var stream = (ServerCallStreamObserver<ForwardedAnswers>) answers;
            streams.add(stream);
            stream.disableAutoRequest();
            if (!takesNothing) {
                // In-process, a receiver is ready for what it asked for.
                stream.request(100);
            }
            return new StreamObserver<>() {
                @Override
                public void onNext(ForwardedRequests requests) {
                    messages.add(requests);
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {}
            };
        }

        List<ForwardedRequest> requests() {
            return messages.stream()
                    .flatMap(message -> message.getRequestsList().stream())
                    .toList();
        }

        List<Long> cancelled() {
            return messages.stream()
                    .flatMap(message -> message.getCancelledList().stream())
                    .toList();
        }

        void answer(ForwardedAnswer.Builder... answers) {
            answerAt(0, answers);
        }

        void answerAt(long index, ForwardedAnswer.Builder... answers) {
            ForwardedAnswers.Builder message = ForwardedAnswers.newBuilder().setIndex(index);
            for (ForwardedAnswer.Builder answer : answers) {
                message.addAnswers(answer);
            }
            streams.getLast().onNext(message.build());
        }

        void breakStream() {
            streams.getLast().onError(Status.UNAVAILABLE.asRuntimeException());
        }
    }

    private void whenApplied(long index, Runnable action) {
        if (index <= applied) {
            action.run();
        } else {
            waiting.put(index, action);
        }
    }

    private void apply(long index) {
        applied = index;
        NavigableMap<Long, Runnable> there = waiting.headMap(index, true);
        List.copyOf(there.values()).forEach(Runnable::run);
        there.clear();
    }

    private CompletableFuture<PutResponse> start(String value) {
        PutRequest request = put("a", value).build();
        return Calls.start(answer -> KVGrpc.newStub(clients.channel()).put(request, answer));
    }

    /** A call whose answer nobody looks at. */
    private void begin(String value) {
        var _ = start(value);
    }

    private void send() {
        for (Runnable task = sender.poll(); task != null; task = sender.poll()) {
            task.run();
        }
    }

    private static ForwardedAnswer.Builder answerTo(ForwardedRequest request, long revision) {
        PutResponse.Builder answer = PutResponse.newBuilder();
        answer.getHeaderBuilder().setRevision(revision);
        return ForwardedAnswer.newBuilder()
                .setId(request.getId())
                .setEnd(End.END_ANSWERED)
                .setMessage(answer.build().toByteString());
    }

    private static void assertFailed(EtcdError error, CompletableFuture<?> call) {
        assertThat(call).isCompletedExceptionally();
        Status status =
                call.handle((_, failure) -> Status.fromThrowable(failure)).join();
        assertThat(status.toString()).isEqualTo(error.status().toString());
    }

    @Test
    void whatGathersIsOneMessageAndEachHasItsOwnAnswer() throws Exception {
        List<CompletableFuture<PutResponse>> calls = List.of(start("1"), start("2"), start("3"));
        assertThat(primary.messages).isEmpty();

        send();

        assertThat(primary.messages).hasSize(1);
        List<ForwardedRequest> requests = primary.requests();
        assertThat(requests).extracting(ForwardedRequest::getMethod).containsOnly("etcdserverpb.KV/Put");
        assertThat(PutRequest.parseFrom(requests.get(1).getMessage()).getValue())
                .isEqualTo(bytes("2"));
        primary.answer(answerTo(requests.get(2), 13), answerTo(requests.get(0), 11), answerTo(requests.get(1), 12));
        assertThat(calls)
                .extracting(call -> call.join().getHeader().getRevision())
                .containsExactly(11L, 12L, 13L);
        assertThat(primary.streams).hasSize(1);
    }

    @Test
    void anAnswerIsGivenWhenWhatItTellsOfIsAppliedHereAlsoIfTheStreamEndsBefore() {
        CompletableFuture<PutResponse> first = start("1");
        CompletableFuture<PutResponse> second = start("2");
        send();
        apply(6);
        primary.answerAt(7, answerTo(primary.requests().getFirst(), 11));
        primary.answerAt(8, answerTo(primary.requests().getLast(), 12));
        assertThat(first).isNotDone();

        primary.breakStream();
        assertThat(first).isNotDone();

        apply(7);
        assertThat(first.join().getHeader().getRevision()).isEqualTo(11);
        assertThat(second).isNotDone();
        apply(8);
        assertThat(second.join().getHeader().getRevision()).isEqualTo(12);
    }

    @Test
    void scenario22_aStreamThatBreaksLeavesUnknownWhatWasSentAndTheNextOneTakesWhatWasNot() {
        CompletableFuture<PutResponse> sent = start("1");
        send();
        CompletableFuture<PutResponse> waiting = start("2");

        primary.breakStream();
        send();

        assertFailed(EtcdError.TIMED_OUT, sent);
        assertThat(waiting).isNotDone();
        assertThat(primary.streams).hasSize(2);
        assertThat(primary.requests()).hasSize(2);
        primary.answer(answerTo(primary.requests().getLast(), 9));
        assertThat(waiting).isCompleted();
    }

    @Test
    void whatTwoStreamsDidNotTakeIsCertainlyNotSequencedAndWaitsForAnotherPrimary() {
        CompletableFuture<PutResponse> first = start("1");
        send();
        primary.takesNothing = true;
        CompletableFuture<PutResponse> waiting = start("2");
        primary.breakStream();
        send();
        assertThat(waiting).isNotDone();

        primary.breakStream();

        assertFailed(EtcdError.TIMED_OUT, first);
        assertThat(waiting).isNotDone();
        assertThat(primary.requests()).hasSize(1);
    }

    @Test
    void nothingIsSentThatThePrimaryDoesNotTake() {
        primary.takesNothing = true;
        CompletableFuture<PutResponse> first = start("1");
        send();
        begin("2");
        send();
        assertThat(primary.messages).isEmpty();

        primary.streams.getLast().request(1);

        assertThat(primary.messages).hasSize(1);
        assertThat(primary.requests()).hasSize(2);
        begin("3");
        send();
        assertThat(primary.messages).hasSize(1);
        assertThat(first).isNotDone();
    }

    @Test
    void whoeverLeavesBeforeHisRequestIsSentIsForgottenAndLaterThePrimaryIsTold() {
        Context.CancellableContext early = Context.current().withCancellation();
        early.run(() -> begin("1"));
        early.cancel(null);
        Context.CancellableContext late = Context.current().withCancellation();
        late.run(() -> begin("2"));
        send();
        assertThat(primary.requests()).hasSize(1);

        late.cancel(null);
        send();

        assertThat(primary.cancelled())
                .containsExactly(primary.requests().getFirst().getId());
        primary.answer(answerTo(primary.requests().getFirst(), 9));
        CompletableFuture<PutResponse> next = start("3");
        send();
        primary.answer(answerTo(primary.requests().getLast(), 10));
        assertThat(next).isCompleted();
    }

    @Test
    void theStreamOutlivesTheCallThatItWasOpenedFor() {
        Context.CancellableContext first = Context.current().withCancellation();
        first.run(() -> {
            begin("1");
            send();
        });
        CompletableFuture<PutResponse> second = start("2");
        send();

        first.cancel(null);
        send();

        assertThat(second).isNotDone();
        assertThat(primary.streams).hasSize(1);
        primary.answer(answerTo(primary.requests().getLast(), 9));
        assertThat(second).isCompleted();
    }

    @Test
    void aDeadlineIsWhatIsLeftOfItWhenTheRequestIsSent() {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try {
            Context.current()
                    .withDeadline(Deadline.after(40, TimeUnit.SECONDS), timer)
                    .run(() -> begin("1"));
            begin("2");
            send();
        } finally {
            timer.shutdownNow();
        }

        List<ForwardedRequest> requests = primary.requests();
        assertThat(requests.getFirst().getRemainingNanos()).isBetween(20_000_000_000L, 40_000_000_000L);
        assertThat(requests.getLast().hasRemainingNanos()).isFalse();
    }

    @Test
    void endsAreReadAsThoseOfCalls() {
        List<CompletableFuture<PutResponse>> calls = List.of(start("1"), start("2"), start("3"), start("4"));
        send();
        List<ForwardedRequest> requests = primary.requests();

        primary.answer(
                ended(requests.get(0), Status.UNKNOWN.withDescription("own words"), End.END_ANSWERED),
                ended(requests.get(1), EtcdError.TOO_MANY_REQUESTS.status(), End.END_UNSPECIFIED),
                ended(requests.get(2), Status.UNKNOWN.withDescription("made up"), End.END_UNSPECIFIED),
                ended(requests.get(3), EtcdError.NO_LEADER.status(), End.END_NOT_SEQUENCED));

        assertThat(calls.get(0)
                        .handle((_, failure) -> Status.fromThrowable(failure).getDescription())
                        .join())
                .isEqualTo("own words");
        assertFailed(EtcdError.TOO_MANY_REQUESTS, calls.get(1));
        assertFailed(EtcdError.TIMED_OUT, calls.get(2));
        assertThat(calls.get(3)).as("waits for another primary").isNotDone();
    }

    private static ForwardedAnswer.Builder ended(ForwardedRequest request, Status status, End end) {
        return ForwardedAnswer.newBuilder()
                .setId(request.getId())
                .setEnd(end)
                .setCode(status.getCode().value())
                .setDescription(String.valueOf(status.getDescription()));
    }

    @Test
    void garbageIsNoAnswerAndHarmsNobodyElse() {
        CompletableFuture<PutResponse> broken = start("1");
        CompletableFuture<PutResponse> sound = start("2");
        send();
        ForwardedRequest first = primary.requests().getFirst();
        ForwardedRequest second = primary.requests().getLast();

        primary.answer(
                ForwardedAnswer.newBuilder().setId(4711),
                ForwardedAnswer.newBuilder()
                        .setId(first.getId())
                        .setEnd(End.END_ANSWERED)
                        .setMessage(bytes("no such message")),
                answerTo(second, 9),
                answerTo(second, 10));

        assertFailed(EtcdError.TIMED_OUT, broken);
        assertThat(sound.join().getHeader().getRevision()).isEqualTo(9);
    }

    @Test
    void whatIsLargeGoesByItself() {
        CompletableFuture<PutResponse> large = start("x".repeat(100_000));
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("x-large", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(100_000));
        KVGrpc.KVStub stub =
                KVGrpc.newStub(clients.channel()).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        CompletableFuture<PutResponse> withLargeHeaders =
                Calls.start(answer -> stub.put(put("a", "1").build(), answer));
        send();

        assertThat(primary.messages).isEmpty();
        assertThat(peerCalls).containsExactly("Put", "Put");
        assertFailed(EtcdError.TIMED_OUT, large);
        assertFailed(EtcdError.TIMED_OUT, withLargeHeaders);
    }
}
