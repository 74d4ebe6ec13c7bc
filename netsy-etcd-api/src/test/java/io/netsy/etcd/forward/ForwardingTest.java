package io.netsy.etcd.forward;

import static io.netsy.etcd.forward.Listeners.STANDBY_ID;
import static io.netsy.etcd.testkit.Requests.bytes;
import static io.netsy.etcd.testkit.Requests.delete;
import static io.netsy.etcd.testkit.Requests.op;
import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.Requests.range;
import static io.netsy.etcd.testkit.Requests.txn;
import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static io.netsy.etcd.testkit.TestEtcd.statusOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.netsy.etcd.access.CallerName;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.forward.PrimaryRoute.Route;
import io.netsy.etcd.proto.lock.LockGrpc;
import io.netsy.etcd.proto.lock.LockRequest;
import io.netsy.etcd.proto.lock.LockResponse;
import io.netsy.etcd.proto.rpc.ClusterGrpc;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveResponse;
import io.netsy.etcd.proto.rpc.LeaseRevokeRequest;
import io.netsy.etcd.proto.rpc.LeaseTimeToLiveRequest;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.MemberListRequest;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import io.netsy.etcd.proto.rpc.StatusRequest;
import io.netsy.etcd.testkit.Calls;
import io.netsy.etcd.testkit.InProcessServer;
import io.netsy.etcd.testkit.KeepAliveClient;
import io.netsy.etcd.testkit.Requests;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.etcd.testkit.TestNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A standby's client listener and its primary's peer listener, without sockets. */
class ForwardingTest {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private final TestEtcd primary = new TestEtcd();
    private final TestEtcd standby = new TestEtcd();
    private final Arrivals arrivals = new Arrivals();
    private final CurrentRoute primarysOwn = Listeners.always(new Route.Local());
    private final InProcessServer peers = new InProcessServer(Listeners.ofPeers(primary, primarysOwn, arrivals));
    private final CurrentRoute routes = new CurrentRoute();
    private final InProcessServer clients = clientsWaiting(Duration.ofSeconds(30));
    private final Channel channel = clients.channel();
    private final KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel);
    private final LeaseGrpc.LeaseBlockingStub lease = LeaseGrpc.newBlockingStub(channel);

    @BeforeEach
    void knowThePrimary() {
        routes.set(Listeners.over(peers.channel()));
    }

    @AfterEach
    void close() {
        clients.close();
        peers.close();
        standby.close();
        primary.close();
    }

    private InProcessServer clientsWaiting(Duration patience) {
        return new InProcessServer(Listeners.ofClients(standby, Listeners.settings(routes, patience, CallerName.NONE)));
    }

    private CompletableFuture<PutResponse> startPut() {
        return Calls.start(answer -> KVGrpc.newStub(channel).put(put("a", "1").build(), answer));
    }

    private static long memberOf(Message answer) {
        var header = answer.getDescriptorForType().findFieldByName("header");
        return ((ResponseHeader) answer.getField(header)).getMemberId();
    }

    static Stream<MethodDescriptor<?, ?>> forwardedSingleCalls() {
        return ForwardedMethodsTest.all()
                .filter(method -> ForwardedMethods.of(method) == ForwardedMethods.PRIMARY)
                .filter(method -> method.getType() == MethodType.UNARY);
    }

    /** The end of a call with an empty request, as text, and the member that answered it. */
    private static String endOf(Channel at, MethodDescriptor<?, ?> method, long member) {
        return endOfTyped(at, method, member);
    }

    private static <Q, R> String endOfTyped(Channel at, MethodDescriptor<Q, R> method, long member) {
        Q empty = ((PrototypeMarshaller<Q>) method.getRequestMarshaller()).getMessagePrototype();
        try {
            R answer = ClientCalls.blockingUnaryCall(
                    at, method, CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS), empty);
            assertThat(memberOf((Message) answer)).isEqualTo(member);
            return "OK";
        } catch (StatusRuntimeException failure) {
            return failure.getStatus().toString();
        }
    }

    @ParameterizedTest
    @MethodSource("forwardedSingleCalls")
    void eachReachesThePrimaryOnceAndEndsAsThere(MethodDescriptor<?, ?> method) {
        String end = endOf(channel, method, STANDBY_ID);

        assertThat(arrivals.methods()).containsExactly(method.getBareMethodName());
        assertThat(standby.store.log()).isEmpty();
        try (TestEtcd twin = new TestEtcd();
                InProcessServer direct = new InProcessServer(
                        Listeners.ofPeers(twin, Listeners.always(new Route.Local()), new Arrivals()))) {
            assertThat(end).isEqualTo(endOf(direct.channel(), method, TestNode.MEMBER_ID));
        }
    }

    @Test
    void readsOfACallerWhomOnlyThePrimaryKnowsAreThePrimarys() {
        kv.put(put("a", "1").build());
        Metadata token = new Metadata();
        token.put(TOKEN, "given by the primary");
        Forwarding.Settings settings = new Forwarding.Settings(
                routes,
                Duration.ofSeconds(30),
                () -> STANDBY_ID,
                CallerName.NONE,
                headers -> headers.containsKey(TOKEN),
                (request, answer) -> {});
        try (InProcessServer judging = new InProcessServer(Listeners.ofClients(standby, settings))) {
            KVGrpc.KVBlockingStub nobody = KVGrpc.newBlockingStub(judging.channel());
            KVGrpc.KVBlockingStub known = nobody.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(token));

            assertThat(nobody.range(range("a").build()).getCount()).isZero();
            assertThat(known.range(range("a").build()).getCount()).isEqualTo(1);
            assertThat(known.txn(txn(op(range("a"))).build())
                            .getResponses(0)
                            .getResponseRange()
                            .getCount())
                    .isEqualTo(1);
        }
    }

    @Test
    void writesAndLeasesAreThePrimarysAndAnsweredInTheNameOfTheNodeThatWasAsked() {
        assertThat(memberOf(kv.put(put("a", "1").build()))).isEqualTo(STANDBY_ID);
        assertThat(memberOf(kv.txn(txn(op(put("b", "1"))).build()))).isEqualTo(STANDBY_ID);
        assertThat(memberOf(kv.deleteRange(delete("b").build()))).isEqualTo(STANDBY_ID);
        assertThat(memberOf(
                        kv.compact(CompactionRequest.newBuilder().setRevision(2).build())))
                .isEqualTo(STANDBY_ID);
        assertThat(memberOf(lease.leaseGrant(
                        LeaseGrantRequest.newBuilder().setID(7).setTTL(60).build())))
                .isEqualTo(STANDBY_ID);
        assertThat(lease.leaseTimeToLive(
                                LeaseTimeToLiveRequest.newBuilder().setID(7).build())
                        .getGrantedTTL())
                .isEqualTo(60);
        assertThat(memberOf(lease.leaseRevoke(
                        LeaseRevokeRequest.newBuilder().setID(7).build())))
                .isEqualTo(STANDBY_ID);

        assertThat(primary.keys(range("a"))).containsExactly("a");
        assertThat(primary.revision()).isEqualTo(4);
        assertThat(arrivals.methods())
                .containsExactly(
                        "Put", "Txn", "DeleteRange", "Compact", "LeaseGrant", "LeaseTimeToLive", "LeaseRevoke");
        assertThat(standby.store.log()).isEmpty();
    }

    /** On the stream that requests share, and by a call of its own. */
    @ParameterizedTest
    @ValueSource(ints = {1, 100_000})
    void anAnswerWaitsUntilTheEntryIsAppliedHere(int valueBytes) {
        List<Long> indexes = new ArrayList<>();
        List<Runnable> waiting = new ArrayList<>();
        routes.set(new Route.Remote(PrimaryLink.over(peers.channel(), Runnable::run, (index, action) -> {
            indexes.add(index);
            waiting.add(action);
        })));
        PutRequest request = put("a", "x".repeat(valueBytes)).build();
        CompletableFuture<PutResponse> written =
                Calls.start(answer -> KVGrpc.newStub(channel).put(request, answer));

        assertThat(primary.keys(range("a"))).containsExactly("a");
        assertThat(written).isNotDone();
        assertThat(indexes).containsExactly(primary.store.committed().index());

        waiting.forEach(Runnable::run);
        assertThat(written).isCompleted();
    }

    @Test
    void readsStayHere() {
        standby.put("mine", "1");

        assertThat(TestEtcd.keys(kv.range(range("mine").build()))).containsExactly("mine");
        assertThat(kv.rangeStream(range("mine").build())).toIterable().isNotEmpty();
        assertThat(kv.txn(txn(op(range("mine"))).build())
                        .getResponses(0)
                        .getResponseRange()
                        .getCount())
                .isEqualTo(1);
        assertThat(kv.txn(txn().build()).getSucceeded()).isTrue();
        var _ = ClusterGrpc.newBlockingStub(channel).memberList(MemberListRequest.getDefaultInstance());
        var _ = MaintenanceGrpc.newBlockingStub(channel).status(StatusRequest.getDefaultInstance());

        assertThat(arrivals.methods()).isEmpty();
    }

    @Test
    void aTransactionGoesWhenAnyBranchOrNestedOneCouldWrite() {
        var _ = kv.txn(txn(op(range("a"))).addFailure(op(delete("a"))).build());
        var _ = kv.txn(txn(op(txn(op(range("a"))))).build());

        assertThat(arrivals.methods()).containsExactly("Txn", "Txn");
    }

    @Test
    void aPrimaryHandlesItsOwn() {
        routes.set(new Route.Local());

        var _ = kv.put(put("a", "1").build());
        var _ = kv.txn(txn(op(put("a", "2"))).build());

        assertThat(standby.revision()).isEqualTo(3);
        assertThat(arrivals.methods()).isEmpty();
    }

    @Test
    void keepAlivesGoThereAndBackAndEndWithTheirClient() {
        var _ = lease.leaseGrant(
                LeaseGrantRequest.newBuilder().setID(7).setTTL(60).build());
        try (KeepAliveClient client = new KeepAliveClient(LeaseGrpc.newStub(channel))) {
            client.send(7, 7, 8);
            assertThat(client.answers())
                    .extracting(LeaseKeepAliveResponse::getTTL)
                    .containsExactly(60L, 60L, 0L);
            assertThat(client.answers()).allMatch(answer -> memberOf(answer) == STANDBY_ID);

            client.halfClose();

            assertThat(client.isCompleted()).isTrue();
            assertThat(arrivals.methods()).containsExactly("LeaseGrant", "LeaseKeepAlive");
            assertThat(routes.waitingCount()).isZero();
        }
    }

    @Test
    void keepAlivesEndWhenThePrimaryChanges() {
        try (KeepAliveClient client = new KeepAliveClient(LeaseGrpc.newStub(channel))) {
            client.send(8);
            routes.set(new Route.None());

            assertThat(client.failure().getDescription()).isEqualTo(EtcdError.TIMED_OUT.message());
            assertThat(arrivals.cancelled).hasValue(1);
        }
    }

    @Test
    void errorsOfThePrimaryPassUnchanged() {
        assertFails(EtcdError.EMPTY_KEY, () -> kv.put(Requests.put("", "1").build()));
        assertFails(
                EtcdError.LEASE_NOT_FOUND,
                () -> kv.put(put("a", "1").setLease(99).build()));
        Status ownWords = statusOf(() -> LockGrpc.newBlockingStub(channel)
                .lock(LockRequest.newBuilder().setName(bytes("a")).setLease(99).build()));
        Status direct = statusOf(() -> primary.lock.lock(
                LockRequest.newBuilder().setName(bytes("a")).setLease(99).build()));
        assertThat(ownWords.toString()).isEqualTo(direct.toString());
    }

    @Test
    void withoutAPrimaryACallWaitsForOne() {
        routes.set(new Route.None());
        CompletableFuture<PutResponse> waiting = startPut();
        assertThat(waiting).isNotDone();

        routes.set(Listeners.over(peers.channel()));

        assertThat(waiting).isCompleted();
        assertThat(arrivals.methods()).containsExactly("Put");
    }

    @Test
    void aCallThatWaitsIsHandledHereWhenThisNodeBecomesThePrimary() {
        routes.set(new Route.None());
        CompletableFuture<PutResponse> put = startPut();
        try (KeepAliveClient stream = new KeepAliveClient(LeaseGrpc.newStub(channel))) {
            stream.send(8);

            routes.set(new Route.Local());

            assertThat(put).isCompleted();
            assertThat(standby.revision()).isEqualTo(2);
            assertThat(stream.answers()).hasSize(1);
            stream.halfClose();
            assertThat(stream.isCompleted()).isTrue();
        }
    }

    @Test
    void withoutAPrimaryACallFailsInTheEndAndReadOnlyTransactionsDoNotWait() {
        routes.set(new Route.None());
        try (InProcessServer impatient = clientsWaiting(Duration.ofMillis(50))) {
            KVGrpc.KVBlockingStub stub = KVGrpc.newBlockingStub(impatient.channel());
            assertFails(EtcdError.NO_LEADER, () -> stub.put(put("a", "1").build()));
            assertThat(stub.txn(txn(op(range("a"))).build()).getSucceeded()).isTrue();
            // The one that waits is answered before it is forgotten.
            Awaitility.await().until(() -> routes.waitingCount() == 0);
        }
    }

    @Test
    void aCallThatWaitsForAPrimaryIsForgottenWithItsClient() {
        routes.set(new Route.None());
        Context.CancellableContext client = Context.current().withCancellation();
        client.run(() -> assertThat(startPut()).isNotDone());
        assertThat(routes.waitingCount()).isOne();

        client.cancel(null);

        assertThat(routes.waitingCount()).isZero();
        routes.set(Listeners.over(peers.channel()));
        assertThat(arrivals.methods()).isEmpty();
    }

    @Test
    void aCallThatWaitsForAPrimaryIsToldWhenThereWillBeNone() {
        routes.set(new Route.None());
        CompletableFuture<PutResponse> put = startPut();
        assertThat(routes.waitingCount()).isOne();

        routes.end();

        Awaitility.await().until(put::isDone);
        assertThat(put.exceptionNow()).hasMessageContaining(EtcdError.NO_LEADER.message());
        assertFails(EtcdError.NO_LEADER, () -> kv.put(put("a", "1").build()));
    }

    @Test
    void whoeverIsNotThePrimarySaysSoAndPassesNothingOn() {
        primarysOwn.set(Listeners.over(clients.channel()));

        try (InProcessServer impatient = clientsWaiting(Duration.ofMillis(50))) {
            KVGrpc.KVBlockingStub stub = KVGrpc.newBlockingStub(impatient.channel());
            assertFails(EtcdError.NO_LEADER, () -> stub.put(put("a", "1").build()));
        }
        assertThat(arrivals.methods()).containsExactly("Put");
        assertThatThrownBy(() -> KVGrpc.newBlockingStub(peers.channel())
                        .txn(txn(op(put("a", "1"))).build()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(String.valueOf(failure.getTrailers()))
                                .contains("netsy-not-sequenced=1"));
        assertThat(primary.store.log()).isEmpty();
        try (KeepAliveClient stream = new KeepAliveClient(LeaseGrpc.newStub(channel))) {
            assertThat(stream.failure().getDescription()).isEqualTo(EtcdError.NO_LEADER.message());
        }
    }

    @Test
    void whatWasNotSequencedIsSentOnceMoreToAnotherPrimary() {
        Arrivals atNext = new Arrivals();
        try (TestEtcd next = new TestEtcd();
                InProcessServer nextPeers =
                        new InProcessServer(Listeners.ofPeers(next, Listeners.always(new Route.Local()), atNext))) {
            InProcessServer refusing = refusingAndThen(() -> routes.set(Listeners.over(nextPeers.channel())));
            routes.set(Listeners.over(refusing.channel()));

            assertThat(memberOf(kv.put(put("a", "1").build()))).isEqualTo(STANDBY_ID);

            assertThat(atNext.methods()).containsExactly("Put");
            assertThat(next.revision()).isEqualTo(2);
            refusing.close();
        }
    }

    @Test
    void whatWasNotSequencedWaitsForThePrimaryToBeAnother() {
        Arrivals atNext = new Arrivals();
        try (TestEtcd next = new TestEtcd();
                InProcessServer nextPeers =
                        new InProcessServer(Listeners.ofPeers(next, Listeners.always(new Route.Local()), atNext))) {
            InProcessServer refusing = refusingAndThen(() -> {});
            routes.set(Listeners.over(refusing.channel()));
            var put = startPut();
            Awaitility.await().until(() -> routes.waitingCount() == 1);

            routes.set(new Route.None());
            Awaitility.await().until(() -> routes.waitingCount() == 1);
            assertThat(put).isNotDone();
            routes.set(Listeners.over(nextPeers.channel()));

            Awaitility.await().until(put::isDone);
            assertThat(atNext.methods()).containsExactly("Put");
            assertThat(next.revision()).isEqualTo(2);
            refusing.close();
        }
    }

    @Test
    void whatWasNotSequencedTwiceFails() {
        InProcessServer second = refusingAndThen(() -> routes.set(Listeners.over(peers.channel())));
        InProcessServer first = refusingAndThen(() -> routes.set(Listeners.over(second.channel())));
        routes.set(Listeners.over(first.channel()));

        assertFails(EtcdError.NO_LEADER, () -> kv.put(put("a", "1").build()));

        assertThat(arrivals.methods()).isEmpty();
        first.close();
        second.close();
    }

    /** A peer that is not the primary, and something that happens when it is asked. */
    private InProcessServer refusingAndThen(Runnable event) {
        return new InProcessServer(Listeners.forPeers(
                standby.services, new Arrivals(event), new ForwardedCalls(new CurrentRoute(), standby.store)));
    }

    @Test
    void theCallersMetadataGoesAlongAndWhatIsOfTheConnectionDoesNot() {
        Metadata headers = new Metadata();
        headers.put(TOKEN, "secret");
        headers.put(ascii("hasleader"), "true");
        headers.put(ascii("te"), "trailers");
        headers.put(ascii("netsy-forwarded-user"), "root");
        headers.put(Metadata.Key.of("trace-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {1, -1});

        var _ = kv.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .put(put("a", "1").build());

        Metadata arrived = arrivals.last().headers();
        assertThat(arrived.get(TOKEN)).isEqualTo("secret");
        assertThat(arrived.get(ascii("hasleader"))).isEqualTo("true");
        assertThat(arrived.get(Metadata.Key.of("trace-bin", Metadata.BINARY_BYTE_MARSHALLER)))
                .containsExactly(1, -1);
        assertThat(arrived.keys()).doesNotContain("te", "netsy-forwarded-user");
    }

    private static Metadata.Key<String> ascii(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    @Test
    void theDeadlineGoesAlong() {
        var _ = kv.withDeadlineAfter(40, TimeUnit.SECONDS).put(put("a", "1").build());
        var deadline = arrivals.last().deadline();
        assertThat(deadline).isNotNull();
        assertThat(deadline.timeRemaining(TimeUnit.SECONDS)).isBetween(20L, 40L);

        var _ = kv.put(put("a", "1").build());
        assertThat(arrivals.last().deadline()).isNull();
    }

    @Test
    void cancellationReachesThePrimaryAndUndoesNothing() {
        primary.store.holdCommits();
        Context.CancellableContext client = Context.current().withCancellation();
        client.run(() -> assertThat(startPut()).isNotDone());
        assertThat(primary.store.inFlightCount()).isOne();

        client.cancel(null);

        assertThat(arrivals.cancelled).hasValue(1);
        primary.store.releaseCommits();
        assertThat(primary.keys(range("a"))).containsExactly("a");
    }

    @Test
    void aLockWaitsAtThePrimaryAndEndsWhenThePrimaryChanges() {
        for (long id : List.of(1L, 2L)) {
            var _ = lease.leaseGrant(
                    LeaseGrantRequest.newBuilder().setID(id).setTTL(60).build());
        }
        assertThat(lock(1)).isCompleted();
        CompletableFuture<LockResponse> second = lock(2);
        assertThat(second).isNotDone();

        routes.set(new Route.None());

        assertThat(second).isCompletedExceptionally();
        assertThatThrownBy(second::join)
                .hasRootCauseInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining(EtcdError.TIMED_OUT.message());
    }

    private CompletableFuture<LockResponse> lock(long leaseId) {
        LockRequest request = LockRequest.newBuilder()
                .setName(bytes("mine"))
                .setLease(leaseId)
                .build();
        return Calls.start(answer -> LockGrpc.newStub(channel).lock(request, answer));
    }

    @Test
    void manyCallsFromManyThreadsAreEachAnsweredOnce() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Void>> puts = Stream.iterate(0, i -> i + 1)
                    .limit(200)
                    .map(i -> CompletableFuture.runAsync(
                            () -> {
                                var _ = kv.put(put("k" + i, "1").build());
                            },
                            threads))
                    .toList();
            Awaitility.await().until(() -> puts.stream().allMatch(CompletableFuture::isDone));
            assertThat(puts).allMatch(done -> !done.isCompletedExceptionally());
        }
        assertThat(primary.revision()).isEqualTo(201);
    }
}
