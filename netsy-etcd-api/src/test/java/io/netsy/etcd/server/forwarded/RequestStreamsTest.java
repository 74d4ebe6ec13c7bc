package io.netsy.etcd.server.forwarded;

import static io.netsy.etcd.testkit.Requests.bytes;
import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.forward.CurrentRoute;
import io.netsy.etcd.forward.ForwardedCalls;
import io.netsy.etcd.forward.PrimaryRoute.Route;
import io.netsy.etcd.proto.forward.End;
import io.netsy.etcd.proto.forward.ForwardGrpc;
import io.netsy.etcd.proto.forward.ForwardedAnswer;
import io.netsy.etcd.proto.forward.ForwardedAnswers;
import io.netsy.etcd.proto.forward.ForwardedHeader;
import io.netsy.etcd.proto.forward.ForwardedRequest;
import io.netsy.etcd.proto.forward.ForwardedRequests;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.server.metrics.RpcMetrics;
import io.netsy.etcd.server.rpc.CallGates;
import io.netsy.etcd.testkit.InProcessServer;
import io.netsy.etcd.testkit.TestEtcd;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A primary's end of streams of requests, with its handlers behind its gates; in-process, it is ready for what it asked for. */
class RequestStreamsTest {
    private static final String PUT = KVGrpc.getPutMethod().getFullMethodName();
    private static final Metadata.Key<String> HEADER = Metadata.Key.of("x-test", Metadata.ASCII_STRING_MARSHALLER);

    private final TestEtcd etcd = new TestEtcd();
    private final CurrentRoute own = new CurrentRoute();
    private final Arrivals arrivals = new Arrivals();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final RequestStreams streams = new RequestStreams(guarded(), timer);
    private final InProcessServer server = new InProcessServer(streams::service);
    private final Sender sender = new Sender(server);

    @AfterEach
    void close() {
        sender.call.cancel("the test is over", null);
        server.close();
        timer.shutdownNow();
        etcd.close();
    }

    private List<ServerServiceDefinition> guarded() {
        own.set(new Route.Local());
        CallGates gates = new CallGates(etcd.store, new RpcMetrics(), etcd.clock);
        return etcd.services.stream()
                .map(service -> gates.guard(service, List.of(arrivals, new ForwardedCalls(own, etcd.store))))
                .toList();
    }

    /** Notes how handlers were called. */
    private static final class Arrivals implements ServerInterceptor {
        private final List<Metadata> headers = new ArrayList<>();
        private final List<Boolean> deadlines = new ArrayList<>();
        private int cancelled;

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata received, ServerCallHandler<Q, R> next) {
            headers.add(received);
            deadlines.add(Context.current().getDeadline() != null);
            return new SimpleForwardingServerCallListener<>(next.startCall(call, received)) {
                @Override
                public void onCancel() {
                    cancelled++;
                    super.onCancel();
                }
            };
        }
    }

    /** The other node, which may send anything. */
    private static final class Sender extends ClientCall.Listener<ForwardedAnswers> {
        private final ClientCall<byte[], ForwardedAnswers> call;
        private final List<ForwardedAnswers> messages = new ArrayList<>();
        private final List<Status> ends = new ArrayList<>();

        Sender(InProcessServer server) {
            var method = ForwardGrpc.getExchangeMethod();
            call = server.channel()
                    .newCall(
                            method.toBuilder(new RawBytes(), method.getResponseMarshaller())
                                    .build(),
                            CallOptions.DEFAULT);
            call.start(this, new Metadata());
            call.request(1000);
        }

        void send(ForwardedRequest.Builder... requests) {
            ForwardedRequests.Builder message = ForwardedRequests.newBuilder();
            for (ForwardedRequest.Builder request : requests) {
                message.addRequests(request);
            }
            call.sendMessage(message.build().toByteArray());
        }

        void cancel(long id) {
            call.sendMessage(
                    ForwardedRequests.newBuilder().addCancelled(id).build().toByteArray());
        }

        List<ForwardedAnswer> answers() {
            return messages.stream()
                    .flatMap(message -> message.getAnswersList().stream())
                    .toList();
        }

        List<Long> answered() {
            return answers().stream().map(ForwardedAnswer::getId).toList();
        }

        @Override
        public void onMessage(ForwardedAnswers message) {
            messages.add(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ends.add(status);
        }
    }

    private static final class RawBytes implements Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException();
        }
    }

    private static ForwardedRequest.Builder putOf(long id, String key) {
        return request(id, PUT, put(key, "1").build().toByteString());
    }

    private static ForwardedRequest.Builder request(long id, String method, ByteString message) {
        return ForwardedRequest.newBuilder().setId(id).setMethod(method).setMessage(message);
    }

    @Test
    void whatIsAnsweredAtOnceIsOneMessage() throws Exception {
        sender.send(putOf(7, "a"), putOf(8, ""), putOf(9, "b"));

        assertThat(sender.messages).hasSize(1);
        List<ForwardedAnswer> answers = sender.answers();
        assertThat(sender.answered()).containsExactly(7L, 8L, 9L);
        assertThat(answers).extracting(ForwardedAnswer::getEnd).containsOnly(End.END_ANSWERED);
        assertThat(PutResponse.parseFrom(answers.getLast().getMessage())
                        .getHeader()
                        .getRevision())
                .isEqualTo(3);
        assertThat(answers.get(1).getDescription()).isEqualTo(EtcdError.EMPTY_KEY.message());
        assertThat(etcd.keys(range("a", "z"))).containsExactly("a", "b");
    }

    @Test
    void headersAndDeadlinesAreTheRequestsOwn() {
        sender.send(
                putOf(1, "a")
                        .addHeaders(ForwardedHeader.newBuilder()
                                .setName(bytes("x-test"))
                                .setValue(bytes("one"))),
                putOf(2, "a").setRemainingNanos(TimeUnit.MINUTES.toNanos(1)));

        assertThat(arrivals.headers).extracting(headers -> headers.get(HEADER)).containsExactly("one", null);
        assertThat(arrivals.deadlines).containsExactly(false, true);
    }

    @Test
    void whoeverIsNotThePrimarySequencesNothing() {
        own.set(new Route.None());

        sender.send(putOf(1, "a"));

        assertThat(sender.answers().getFirst().getEnd()).isEqualTo(End.END_NOT_SEQUENCED);
        assertThat(sender.answers().getFirst().getDescription()).isEqualTo(EtcdError.NO_LEADER.message());
        assertThat(etcd.store.log()).isEmpty();
    }

    @Test
    void moreIsTakenWhenWhatWaitsHoldsLess() {
        etcd.store.holdCommits();
        String key = "k".repeat(60_000);
        int taken = 0;
        while (sender.call.isReady()) {
            taken++;
            sender.send(putOf(taken, key));
        }
        assertThat(taken * 60_000L).isBetween(RequestStream.MAX_HELD_BYTES / 2, RequestStream.MAX_HELD_BYTES);
        assertThat(sender.answers()).isEmpty();

        etcd.store.releaseCommits();

        assertThat(sender.call.isReady()).isTrue();
        assertThat(sender.answered()).hasSize(taken);
    }

    @Test
    void whatIsCancelledIsNotAnsweredAndNotUndone() {
        etcd.store.holdCommits();
        sender.send(putOf(1, "a"), putOf(2, "b"));

        sender.cancel(1);
        sender.cancel(99);

        assertThat(arrivals.cancelled).isEqualTo(1);
        etcd.store.releaseCommits();
        assertThat(sender.answered()).containsExactly(2L);
        assertThat(etcd.keys(range("a", "z"))).containsExactly("a", "b");
    }

    @Test
    void aSenderThatIsGoneCancelsWhatItAskedFor() {
        etcd.store.holdCommits();
        sender.send(putOf(1, "a"), putOf(2, "b"));

        sender.call.cancel("gone", null);

        assertThat(arrivals.cancelled).isEqualTo(2);
        etcd.store.releaseCommits();
        assertThat(etcd.keys(range("a", "z"))).containsExactly("a", "b");
    }

    @Test
    void aServerThatStopsAnswersWhatItTookAndTakesNoMore() {
        etcd.store.holdCommits();
        sender.send(putOf(1, "a"));

        streams.stop();
        sender.send(putOf(2, "b"));

        assertThat(sender.answered()).containsExactly(2L);
        assertThat(sender.answers().getFirst().getEnd()).isEqualTo(End.END_NOT_SEQUENCED);
        assertThat(sender.ends).isEmpty();
        etcd.store.releaseCommits();
        assertThat(sender.answered()).containsExactly(2L, 1L);
        assertThat(sender.answers().getLast().getEnd()).isEqualTo(End.END_ANSWERED);
        assertThat(sender.ends).extracting(Status::isOk).containsExactly(true);
        assertThat(etcd.keys(range("a", "z"))).containsExactly("a");
        assertThat(new Sender(server).ends).hasSize(1);
    }

    @Test
    void aSenderThatHasNoMoreHasItsAnswersFirst() {
        etcd.store.holdCommits();
        sender.send(putOf(1, "a"));
        sender.call.halfClose();
        assertThat(sender.ends).isEmpty();

        etcd.store.releaseCommits();

        assertThat(sender.answered()).containsExactly(1L);
        assertThat(sender.ends).extracting(Status::isOk).containsExactly(true);
    }

    @Test
    void bytesThatAreNoRequestsEndTheStream() {
        sender.call.sendMessage(new byte[] {1, 2, 3, -1});
        assertThat(sender.ends).extracting(Status::getCode).containsExactly(Status.Code.INTERNAL);

        Sender unknown = new Sender(server);
        unknown.send(request(1, "no.such/Method", ByteString.EMPTY));
        assertThat(unknown.ends).extracting(Status::getCode).containsExactly(Status.Code.UNIMPLEMENTED);

        Sender streaming = new Sender(server);
        streaming.send(request(1, LeaseGrpc.getLeaseKeepAliveMethod().getFullMethodName(), ByteString.EMPTY));
        assertThat(streaming.ends).extracting(Status::getCode).containsExactly(Status.Code.UNIMPLEMENTED);

        etcd.store.holdCommits();
        Sender twice = new Sender(server);
        twice.send(putOf(1, "a"), putOf(1, "b"));
        assertThat(twice.ends).extracting(Status::getCode).containsExactly(Status.Code.INVALID_ARGUMENT);
        assertThat(arrivals.cancelled).isEqualTo(1);
    }

    @Test
    void aMessageThatIsNoneFailsAlone() {
        sender.send(request(1, PUT, bytes("no put")), putOf(2, "a"));

        assertThat(sender.answered()).containsExactlyInAnyOrder(1L, 2L);
        assertThat(etcd.keys(range("a"))).containsExactly("a");
        assertThat(sender.ends).isEmpty();
    }
}
