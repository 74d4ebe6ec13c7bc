package io.netsy.etcd.server;

import static io.netsy.etcd.testkit.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.proto.forward.ForwardGrpc;
import io.netsy.etcd.proto.forward.ForwardedAnswer;
import io.netsy.etcd.proto.forward.ForwardedAnswers;
import io.netsy.etcd.proto.forward.ForwardedRequest;
import io.netsy.etcd.proto.forward.ForwardedRequests;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams of forwarded requests over real connections: what they claim of their callers is believed of nodes alone. */
class NodeListenerTest {
    private final ServerFixture fixture = new ServerFixture();
    private final Answers answers = new Answers();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static final class Answers implements StreamObserver<ForwardedAnswers> {
        final List<ForwardedAnswer> all = new CopyOnWriteArrayList<>();
        final CompletableFuture<Status> end = new CompletableFuture<>();

        @Override
        public void onNext(ForwardedAnswers message) {
            all.addAll(message.getAnswersList());
        }

        @Override
        public void onError(Throwable failure) {
            end.complete(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }
    }

    private static final class NoProtocol implements OtherProtocol {
        @Override
        public void prepare(ChannelPipeline pipeline) {}

        @Override
        public void refused(SocketAddress remote, Throwable cause) {}

        @Override
        public int tellingBytes() {
            return 1;
        }

        @Override
        public boolean isSpoken(ByteBuf first) {
            return false;
        }

        @Override
        public void install(ChannelPipeline pipeline) {}
    }

    private StreamObserver<ForwardedRequests> open(EtcdServer server) {
        return ForwardGrpc.newStub(fixture.channel(server)).exchange(answers);
    }

    private static ForwardedRequests rangeOf(long id, String key) {
        return ForwardedRequests.newBuilder()
                .addRequests(ForwardedRequest.newBuilder()
                        .setId(id)
                        .setMethod(KVGrpc.getRangeMethod().getFullMethodName())
                        .setMessage(range(key).build().toByteString()))
                .build();
    }

    @Test
    void clientsAreNotOfferedIt() throws Exception {
        open(fixture.start()).onNext(rangeOf(1, "a"));

        await().until(answers.end::isDone);
        assertThat(answers.end.join().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    void stoppingFinishesWhatAStreamCarries() throws Exception {
        fixture.other = new NoProtocol();
        EtcdServer server = fixture.start();
        StreamObserver<ForwardedRequests> stream = open(server);
        stream.onNext(rangeOf(1, "hang"));
        await().until(() -> fixture.keyValue.hanging.size() == 1);

        Thread stopping = Thread.ofVirtual().start(server::stop);
        AtomicLong ids = new AtomicLong(1);
        await().until(() -> {
            stream.onNext(rangeOf(ids.incrementAndGet(), "a"));
            return answers.all.stream().anyMatch(answer -> answer.getCode() != 0);
        });
        assertThat(answers.end).isNotDone();
        StreamObserver<RangeResponse> hanging = fixture.keyValue.hanging.remove();
        hanging.onNext(RangeResponse.newBuilder().setCount(7).build());
        hanging.onCompleted();

        await().until(answers.end::isDone);
        assertThat(answers.end.join().isOk()).isTrue();
        assertThat(answers.all)
                .filteredOn(answer -> answer.getId() == 1)
                .singleElement()
                .satisfies(answer -> assertThat(
                                RangeResponse.parseFrom(answer.getMessage()).getCount())
                        .isEqualTo(7));
        stopping.join(Duration.ofSeconds(5));
        assertThat(stopping.isAlive()).isFalse();
    }

    @Test
    void whatIsUnderWayTooLongIsEndedAsCallsAre() throws Exception {
        fixture.other = new NoProtocol();
        fixture.settings = fixture.settings.withDrainTimeout(Duration.ofMillis(100));
        EtcdServer server = fixture.start();
        open(server).onNext(rangeOf(1, "hang"));
        await().until(() -> fixture.keyValue.hanging.size() == 1);

        server.stop();

        await().until(answers.end::isDone);
        assertThat(answers.all)
                .extracting(ForwardedAnswer::getDescription)
                .containsExactly("etcdserver: server stopped");
    }
}
