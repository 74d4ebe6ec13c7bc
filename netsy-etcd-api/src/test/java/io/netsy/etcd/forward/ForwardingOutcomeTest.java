package io.netsy.etcd.forward;

import static io.netsy.etcd.testkit.Requests.bytes;
import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.Requests.range;
import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netsy.etcd.access.CallerName;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.forward.PrimaryRoute.Route;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.testkit.Calls;
import io.netsy.etcd.testkit.InProcessServer;
import io.netsy.etcd.testkit.TestEtcd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client is told when a primary over real connections does not answer. */
class ForwardingOutcomeTest {
    private final TestEtcd primary = new TestEtcd();
    private final TestEtcd standby = new TestEtcd();
    private final Arrivals arrivals = new Arrivals();
    private final CurrentRoute routes = new CurrentRoute();
    private final InProcessServer clients = new InProcessServer(
            Listeners.ofClients(standby, Listeners.settings(routes, Duration.ofSeconds(1), CallerName.NONE)));
    private final KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(clients.channel());
    private final List<ManagedChannel> channels = new ArrayList<>();

    @AfterEach
    void close() {
        clients.close();
        channels.forEach(ManagedChannel::shutdownNow);
        standby.close();
        primary.close();
    }

    private NettyPeer peers(TestEtcd etcd, Arrivals at) throws IOException {
        return new NettyPeer(null, Listeners.ofPeers(etcd, Listeners.always(new Route.Local()), at));
    }

    private Route.Remote to(int port) {
        ManagedChannel channel = ForwardingChannel.to(ForwardingChannel.Peer.plaintext("127.0.0.1", port));
        channels.add(channel);
        return Listeners.over(channel);
    }

    private CompletableFuture<PutResponse> startPut() {
        PutRequest request = put("a", "1").build();
        return Calls.start(answer -> KVGrpc.newStub(clients.channel()).put(request, answer));
    }

    private static void assertUnknown(CompletableFuture<?> call) {
        await().until(call::isDone);
        Status end = endOf(call);
        assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(end.getDescription()).isEqualTo(EtcdError.TIMED_OUT.message());
    }

    private static Status endOf(CompletableFuture<?> call) {
        try {
            throw new AssertionError("answered: " + call.get());
        } catch (ExecutionException failure) {
            return Status.fromThrowable(failure);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void scenario22_aPutWhosePrimaryDiesBeforeItsAnswerIsNotSentToTheNextOne() throws Exception {
        Arrivals atNext = new Arrivals();
        try (NettyPeer first = peers(primary, arrivals);
                Wire wire = new Wire(first.port());
                TestEtcd next = new TestEtcd();
                NettyPeer nextPeers = peers(next, atNext)) {
            primary.store.holdCommits();
            routes.set(to(wire.port()));
            CompletableFuture<PutResponse> answer = startPut();
            await().until(() -> primary.store.inFlightCount() == 1);

            // The next primary has what the first one committed.
            next.put("a", "1");
            routes.set(to(nextPeers.port()));
            wire.cut();
            primary.store.releaseCommits();

            assertUnknown(answer);
            assertThat(arrivals.methods()).containsExactly("Put");
            assertThat(atNext.methods()).isEmpty();
            assertThat(primary.range(range("a")).getKvs(0).getVersion()).isEqualTo(1);
            assertThat(next.range(range("a")).getKvs(0).getVersion()).isEqualTo(1);
            assertThat(kv.put(put("b", "1").build()).getHeader().getRevision()).isEqualTo(3);
        }
    }

    @Test
    void aConnectionThatIsLostLeavesTheOutcomeUnknownThoughThePrimaryGoesOn() throws Exception {
        try (NettyPeer first = peers(primary, arrivals);
                Wire wire = new Wire(first.port())) {
            primary.store.holdCommits();
            routes.set(to(wire.port()));
            CompletableFuture<PutResponse> answer = startPut();
            await().until(() -> primary.store.inFlightCount() == 1);

            wire.cut();

            assertUnknown(answer);
            primary.store.releaseCommits();
            assertThat(primary.range(range("a")).getKvs(0).getVersion()).isEqualTo(1);
            assertThat(kv.put(put("a", "2").build()).getHeader().getRevision()).isEqualTo(3);
            assertThat(arrivals.methods()).containsExactly("Put", "Put");
        }
    }

    @Test
    void aServerThatEndsItsCallsLeavesTheOutcomeUnknown() throws Exception {
        try (NettyPeer first = peers(primary, arrivals)) {
            primary.store.holdCommits();
            routes.set(to(first.port()));
            CompletableFuture<PutResponse> answer = startPut();
            await().until(() -> primary.store.inFlightCount() == 1);

            first.kill();

            assertUnknown(answer);
            assertThat(arrivals.methods()).containsExactly("Put");
        }
    }

    @Test
    void aStatusThatNoHandlerGaveIsNoAnswer() throws Exception {
        try (NettyPeer strange = new NettyPeer(null)) {
            routes.set(to(strange.port()));

            assertFails(EtcdError.TIMED_OUT, () -> kv.put(put("a", "1").build()));
        }
    }

    @Test
    void whereNobodyListensNothingWasSequenced() throws Exception {
        int port = freePort();
        routes.set(to(port));
        assertFails(EtcdError.NO_LEADER, () -> kv.put(put("a", "1").build()));
        assertFails(EtcdError.NO_LEADER, () -> kv.put(put("a", "1").build()));
    }

    @Test
    void aClosedChannelTakesNothing() {
        Route.Remote route = to(1);
        channels.getFirst().shutdownNow();
        routes.set(route);

        assertFails(EtcdError.NO_LEADER, () -> kv.put(put("a", "1").build()));
    }

    @Test
    void largeRequestsAndAnswersPass() throws Exception {
        try (NettyPeer first = peers(primary, arrivals)) {
            routes.set(to(first.port()));
            String large = "x".repeat(1_400_000);
            var _ = kv.put(put("a", large).build());

            PutResponse answer = kv.put(put("a", "1").setPrevKv(true).build());

            assertThat(answer.getPrevKv().getValue()).isEqualTo(bytes(large));
        }
    }

    @Test
    void outcomesAreReadFromWhatTheReceiverSaidAlone() {
        Metadata answered = new Metadata();
        answered.put(Outcome.ANSWERED, Outcome.YES);
        Metadata refused = new Metadata();
        refused.put(Outcome.NOT_SEQUENCED, Outcome.YES);
        Metadata nothing = new Metadata();
        Status madeUp = Status.UNAVAILABLE.withDescription("io exception");
        Status own = Status.UNKNOWN.withDescription("session expired");

        assertThat(Outcome.of(madeUp, nothing, false)).isInstanceOf(Outcome.NotSequenced.class);
        assertThat(Outcome.of(EtcdError.NO_LEADER.status(), refused, true)).isInstanceOf(Outcome.NotSequenced.class);
        assertThat(Outcome.of(madeUp, nothing, true)).isInstanceOf(Outcome.Unknown.class);
        assertThat(Outcome.of(own, nothing, true)).isInstanceOf(Outcome.Unknown.class);
        assertThat(Outcome.of(Status.CANCELLED, nothing, true)).isInstanceOf(Outcome.Unknown.class);
        assertThat(Outcome.of(own, answered, true)).isEqualTo(new Outcome.Answer(own));
        assertThat(Outcome.of(EtcdError.TOO_MANY_REQUESTS.status(), nothing, true))
                .isInstanceOf(Outcome.Answer.class);
        assertThat(Outcome.of(Status.INTERNAL.withDescription(EtcdError.NO_LEADER.message()), nothing, true))
                .isInstanceOf(Outcome.Unknown.class);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
