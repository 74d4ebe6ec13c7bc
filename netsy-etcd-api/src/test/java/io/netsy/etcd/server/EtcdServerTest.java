package io.netsy.etcd.server;

import static io.netsy.etcd.server.ServerFixture.put;
import static io.netsy.etcd.server.ServerFixture.range;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import io.netsy.etcd.proto.rpc.WatchRequest;
import io.netsy.etcd.proto.rpc.WatchResponse;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The gRPC side of the client port, over real sockets. */
class EtcdServerTest {
    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private final ServerFixture fixture = new ServerFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aMessageAboveTheLimitIsRefusedInEtcdsWords() throws Exception {
        KVGrpc.KVBlockingStub client = KVGrpc.newBlockingStub(fixture.channel(fixture.start()));

        assertThat(client.put(put(2_097_152))).isEqualTo(PutResponse.getDefaultInstance());
        assertThatThrownBy(() -> client.put(put(2_097_153)))
                .hasMessage("RESOURCE_EXHAUSTED: grpc: received message larger than max (2097153 vs. 2097152)");
        assertThatThrownBy(() -> client.put(put(50_000_000)))
                .hasMessageStartingWith(
                        "RESOURCE_EXHAUSTED: grpc: received message larger than max (50000000 vs. 2097152)");
        assertThatThrownBy(() -> client.withCompression("gzip").put(put(50_000_000)))
                .hasMessage("RESOURCE_EXHAUSTED: grpc: received message after decompression larger than max 2097152");
        assertThat(client.range(range("a")).getCount()).isEqualTo(1);
    }

    @Test
    void aCompressedQuestionGetsACompressedAnswer() throws Exception {
        ManagedChannel channel = fixture.channel(fixture.start());
        AtomicReference<Metadata> headers = new AtomicReference<>();
        KVGrpc.KVBlockingStub client = KVGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()));

        client.withCompression("gzip").range(range("a"));
        assertThat(encoding(requireNonNull(headers.get()))).isEqualTo("gzip");
        client.range(range("a"));
        assertThat(encoding(requireNonNull(headers.get()))).isEqualTo("identity");
    }

    private static @Nullable String encoding(Metadata headers) {
        return headers.get(Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER));
    }

    @Test
    void streamsPerConnectionAreNotLimited() throws Exception {
        WatchGrpc.WatchStub client = WatchGrpc.newStub(fixture.channel(fixture.start()));
        Recorder recorder = new Recorder();
        for (int i = 0; i < 1500; i++) {
            client.watch(recorder).onNext(watchFrom(i));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> recorder.responses.size() == 1500);
    }

    @Test
    void metadataMayBeLargeButNotHuge() throws Exception {
        EtcdServer server = fixture.start();
        KVGrpc.KVBlockingStub client = KVGrpc.newBlockingStub(fixture.channel(server));
        Metadata.Key<String> token = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
        Metadata large = new Metadata();
        large.put(token, "x".repeat(100_000));
        assertThat(with(client, large).range(range("a")).getCount()).isEqualTo(1);

        Metadata huge = new Metadata();
        huge.put(token, "x".repeat(1_100_000));
        assertThatThrownBy(() -> with(client, huge).range(range("a"))).isInstanceOf(StatusRuntimeException.class);
        assertThat(client.range(range("a")).getCount()).isEqualTo(1);
    }

    @Test
    void pingsWithoutACallEndTheConnection() throws Exception {
        EtcdServer server = fixture.start();
        try (RawHttp2 raw = new RawHttp2(server)) {
            raw.pings(4);
            assertThat(raw.payload(RawHttp2.GO_AWAY)).endsWith("\u000btoo_many_pings");
        }
    }

    @Test
    void aConnectionThatAgreesOnNoProtocolIsClosed() throws Exception {
        fixture.withConnectionTimes(Duration.ofMillis(200), Duration.ofSeconds(5), Duration.ofMillis(500));
        EtcdServer server = fixture.start();
        for (String beginning : List.of("", "PRI * HTTP/2.0\r\n\r\nSM\r")) {
            assertThat(ServerFixture.talk(server, beginning.getBytes(StandardCharsets.US_ASCII)))
                    .isEmpty();
        }
        assertThat(KVGrpc.newBlockingStub(fixture.channel(server))
                        .range(range("a"))
                        .getCount())
                .isEqualTo(1);
    }

    @Test
    void withoutALeaderCallsThatWantOneAreRefused() throws Exception {
        ManagedChannel channel = fixture.channel(fixture.start());
        KVGrpc.KVBlockingStub client = KVGrpc.newBlockingStub(channel);
        fixture.store.setLeader(false);

        assertThat(client.range(range("a")).getCount()).isEqualTo(1);
        assertThatThrownBy(() -> with(client, hasLeader()).range(range("a")))
                .hasMessage("UNAVAILABLE: etcdserver: no leader");
        Recorder recorder = new Recorder();
        with(WatchGrpc.newStub(channel), hasLeader()).watch(recorder);
        await().untilAsserted(() -> assertThat(recorder.end()).isEqualTo("UNAVAILABLE: etcdserver: no leader"));
        assertThat(fixture.watch.open).isEmpty();
    }

    @Test
    void openStreamsThatWantALeaderAreCutAfterThreeSecondsWithoutOne() throws Exception {
        fixture.withConnectionTimes(Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofMillis(5));
        ManagedChannel channel = fixture.channel(fixture.start());
        Recorder wanting = new Recorder();
        Recorder indifferent = new Recorder();
        with(WatchGrpc.newStub(channel), hasLeader()).watch(wanting).onNext(watchFrom(1));
        WatchGrpc.newStub(channel).watch(indifferent).onNext(watchFrom(2));
        await().until(() -> wanting.responses.size() == 1 && indifferent.responses.size() == 1);

        fixture.store.setLeader(false);
        await().pollDelay(Duration.ofMillis(50)).until(() -> true);
        fixture.nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(2_900));
        await().during(Duration.ofMillis(50)).until(() -> wanting.end() == null);
        fixture.nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(200));

        await().untilAsserted(() -> assertThat(wanting.end()).isEqualTo("UNAVAILABLE: etcdserver: no leader"));
        assertThat(indifferent.end()).isNull();
        await().until(() -> fixture.watch.cancelled.get() == 1);
        fixture.watch.open.forEach(stream -> stream.onNext(WatchResponse.getDefaultInstance()));
        await().until(() -> indifferent.responses.size() == 2);
    }

    @Test
    void aClientVersionThatIsNotUtf8IsRefused() throws Exception {
        EtcdServer server = fixture.start();
        KVGrpc.KVBlockingStub client = KVGrpc.newBlockingStub(fixture.channel(server));
        try (RawHttp2 raw = new RawHttp2(server)) {
            raw.call("/etcdserverpb.KV/Range", "client-api-version", new byte[] {'3', (byte) 0xff});
            assertThat(raw.payload(RawHttp2.HEADERS)).contains("etcdserver: invalid client api version");
        }
        assertThat(with(client, clientVersion("3.6.14")).range(range("a")).getCount())
                .isEqualTo(1);
    }

    @Test
    void everyMethodIsCountedFromZero() throws Exception {
        EtcdServer server = fixture.start();
        KVGrpc.KVBlockingStub client = KVGrpc.newBlockingStub(fixture.channel(server));
        String labels = "{grpc_method=\"Range\",grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"}";
        String ok = "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Range\"";
        String outOfRange = "grpc_server_handled_total{grpc_code=\"OutOfRange\",grpc_method=\"Range\"";
        assertThat(metric(server, "grpc_server_started_total" + labels)).isEqualTo("0");
        assertThat(metric(server, ok)).isEqualTo("0");

        client.range(range("a"));
        with(client, clientVersion("3.6.14")).range(range("a"));
        assertThatThrownBy(() -> client.range(range("refused"))).isInstanceOf(StatusRuntimeException.class);

        assertThat(metric(server, "grpc_server_started_total" + labels)).isEqualTo("3");
        assertThat(metric(server, "grpc_server_msg_received_total" + labels)).isEqualTo("3");
        assertThat(metric(server, "grpc_server_msg_sent_total" + labels)).isEqualTo("2");
        assertThat(metric(server, ok)).isEqualTo("2");
        assertThat(metric(server, outOfRange)).isEqualTo("1");
        assertThat(metric(server, "etcd_server_client_requests_total{client_api_version=\"3.6.14\",type=\"unary\"}"))
                .isEqualTo("1");
        assertThat(metric(server, "etcd_server_client_requests_total{client_api_version=\"unknown\",type=\"unary\"}"))
                .isEqualTo("2");
        int received = 2 * range("a").getSerializedSize() + range("refused").getSerializedSize();
        assertThat(metric(server, "etcd_network_client_grpc_received_bytes_total"))
                .isEqualTo(Integer.toString(received));
        int sent = 2 * RangeResponse.newBuilder().setCount(1).build().getSerializedSize();
        assertThat(metric(server, "etcd_network_client_grpc_sent_bytes_total")).isEqualTo(Integer.toString(sent));
    }

    @Test
    void aStreamIsCountedWhenItsClientLeaves() throws Exception {
        EtcdServer server = fixture.start();
        ManagedChannel channel = fixture.channel(server);
        Recorder recorder = new Recorder();
        StreamObserver<WatchRequest> requests = WatchGrpc.newStub(channel).watch(recorder);
        requests.onNext(watchFrom(1));
        await().until(() -> recorder.responses.size() == 1);

        requests.onError(Status.CANCELLED.asRuntimeException());
        await().until(() -> fixture.watch.cancelled.get() == 1);
        assertThat(metric(server, "grpc_server_handled_total{grpc_code=\"Canceled\",grpc_method=\"Watch\""))
                .isEqualTo("1");
    }

    @Test
    void aHandlersExceptionIsAnAnswer() throws Exception {
        KVGrpc.KVBlockingStub client = KVGrpc.newBlockingStub(fixture.channel(fixture.start()));
        assertThatThrownBy(() -> client.range(range("refused")))
                .hasMessage("OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted");
        assertThatThrownBy(() -> client.range(range("broken")))
                .hasMessageStartingWith("UNKNOWN: netsy: internal error: ")
                .hasMessageContaining("out of order");
    }

    @Test
    void bytesThatAreNoMessageAreRefused() throws Exception {
        EtcdServer server = fixture.start();
        for (String method : List.of("KV/Range", "Watch/Watch")) {
            try (RawHttp2 raw = new RawHttp2(server)) {
                raw.call("/etcdserverpb." + method, new byte[] {(byte) 0xff, (byte) 0xff});
                assertThat(raw.payload(RawHttp2.HEADERS)).contains("grpc-status\u000213");
            }
        }
        await().until(() -> fixture.watch.cancelled.get() == 1);
    }

    @Test
    void unknownMethodsAreUnimplemented() throws Exception {
        ManagedChannel channel = fixture.channel(fixture.start());
        assertThatThrownBy(() -> LeaseGrpc.newBlockingStub(channel).leaseGrant(LeaseGrantRequest.getDefaultInstance()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
    }

    @Test
    void grpcHealthSaysServing() throws Exception {
        HealthGrpc.HealthBlockingStub client = HealthGrpc.newBlockingStub(fixture.channel(fixture.start()));
        assertThat(client.check(HealthCheckRequest.getDefaultInstance()).getStatus())
                .isEqualTo(ServingStatus.SERVING);
        assertThatThrownBy(() -> client.check(
                        HealthCheckRequest.newBuilder().setService("other").build()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        failure -> assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
    }

    @Test
    void stoppingFinishesCallsAndEndsStreams() throws Exception {
        EtcdServer server = fixture.start();
        ManagedChannel channel = fixture.channel(server);
        Recorder watch = new Recorder();
        WatchGrpc.newStub(channel).watch(watch).onNext(watchFrom(1));
        var call = KVGrpc.newFutureStub(channel).range(range("hang"));
        await().until(() -> watch.responses.size() == 1 && fixture.keyValue.hanging.size() == 1);

        Thread stopping = Thread.ofVirtual().start(server::stop);
        await().untilAsserted(() -> assertThat(watch.end()).isEqualTo("UNAVAILABLE: etcdserver: server stopped"));
        assertThat(call).isNotDone();
        StreamObserver<RangeResponse> hanging = fixture.keyValue.hanging.remove();
        hanging.onNext(RangeResponse.newBuilder().setCount(7).build());
        hanging.onCompleted();

        assertThat(call.get(5, TimeUnit.SECONDS).getCount()).isEqualTo(7);
        stopping.join(Duration.ofSeconds(5));
        assertThat(stopping.isAlive()).isFalse();
        assertThatThrownBy(() -> ServerFixture.connect(server).close()).isInstanceOf(ConnectException.class);
    }

    @Test
    void stoppingWaitsForCallsOnlySoLong() throws Exception {
        fixture.settings = fixture.settings.withDrainTimeout(Duration.ofMillis(100));
        EtcdServer server = fixture.start();
        var call = KVGrpc.newFutureStub(fixture.channel(server)).range(range("hang"));
        await().until(() -> fixture.keyValue.hanging.size() == 1);
        server.stop();
        assertThatThrownBy(() -> call.get(5, TimeUnit.SECONDS))
                .hasMessageEndingWith("UNAVAILABLE: etcdserver: server stopped");
        assertThat(fixture.keyValue.cancelled).hasValue(1);
        StreamObserver<RangeResponse> late = fixture.keyValue.hanging.remove();
        late.onNext(RangeResponse.getDefaultInstance());
        late.onCompleted();
    }

    @Test
    void stoppingEndsCallsThatHaveNotAskedYet() throws Exception {
        fixture.settings = fixture.settings.withDrainTimeout(Duration.ofMillis(100));
        EtcdServer server = fixture.start();
        CompletableFuture<Status> end = new CompletableFuture<>();
        // Of a call with one message the client would keep the headers back until it has that.
        MethodDescriptor<RangeRequest, RangeResponse> method = KVGrpc.getRangeMethod().toBuilder()
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .build();
        ClientCall<RangeRequest, RangeResponse> call = fixture.channel(server).newCall(method, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());
        await().until(() -> "1".equals(metric(server, "grpc_server_started_total{grpc_method=\"Range\"")));
        server.stop();
        assertThat(end.get(5, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(end.get().getDescription()).isEqualTo("etcdserver: server stopped");
    }

    @Test
    void stoppingAnswersWhatHangsOverHttp() throws Exception {
        fixture.settings = fixture.settings.withDrainTimeout(Duration.ofMillis(100));
        EtcdServer server = fixture.start();
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(ServerFixture.talk(
                        server,
                        ("POST /v3/kv/range HTTP/1.1\r\nHost: n\r\nConnection: close\r\n"
                                        + "Content-Length: 18\r\n\r\n{\"key\":\"aGFuZw==\"}")
                                .getBytes(StandardCharsets.US_ASCII)));
            } catch (IOException failure) {
                answer.completeExceptionally(failure);
            }
        });
        await().until(() -> fixture.keyValue.hanging.size() == 1);
        server.stop();
        assertThat(answer.get(5, TimeUnit.SECONDS)).startsWith("HTTP/1.1 503").contains("etcdserver: server stopped");
    }

    @Test
    void aTakenPortIsNamedWithTheWayToFindItsHolder() throws Exception {
        EtcdServer first = fixture.start();
        int port = first.clientAddress().getPort();
        fixture.settings = ServerSettings.plaintext(first.clientAddress());
        assertThatThrownBy(fixture::start)
                .isInstanceOf(ServerStartException.class)
                .hasMessage("can't listen on 127.0.0.1:" + port
                        + " for clients: the port is taken by another process; find it with 'ss -ltnp sport = :" + port
                        + "' and stop it, or choose another port");
        assertThat(KVGrpc.newBlockingStub(fixture.channel(first))
                        .range(range("a"))
                        .getCount())
                .isEqualTo(1);
    }

    @Test
    void anAddressOfAnotherMachineIsExplained() {
        fixture.settings = ServerSettings.plaintext(new InetSocketAddress("192.0.2.1", 2379));
        assertThatThrownBy(fixture::start).hasMessageContaining("no network interface of this machine");
        fixture.settings = ServerSettings.plaintext(InetSocketAddress.createUnresolved("no-such-host.invalid", 2379));
        assertThatThrownBy(fixture::start).hasMessageContaining("can't be resolved");
    }

    private static Metadata hasLeader() {
        Metadata metadata = new Metadata();
        metadata.put(HAS_LEADER, "true");
        return metadata;
    }

    private static Metadata clientVersion(String version) {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("client-api-version", Metadata.ASCII_STRING_MARSHALLER), version);
        return metadata;
    }

    private static <S extends AbstractStub<S>> S with(S stub, Metadata metadata) {
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private static WatchRequest watchFrom(long revision) {
        return WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder().setStartRevision(revision))
                .build();
    }

    private static String metric(EtcdServer server, String series) {
        return server.metrics()
                .lines()
                .filter(line -> line.startsWith(series))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElse("missing");
    }

    /** Keeps what a watch delivers, and how it ended. */
    private static final class Recorder implements StreamObserver<WatchResponse> {
        private final Queue<WatchResponse> responses = new ConcurrentLinkedQueue<>();
        private final List<String> ends = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void onNext(WatchResponse response) {
            responses.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            ends.add(String.valueOf(failure.getMessage()));
        }

        @Override
        public void onCompleted() {
            ends.add("completed");
        }

        @Nullable
        String end() {
            return ends.isEmpty() ? null : ends.getFirst();
        }
    }
}
