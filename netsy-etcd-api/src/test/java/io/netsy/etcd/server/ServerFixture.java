package io.netsy.etcd.server;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.maintenance.EtcdVersion;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import io.netsy.etcd.proto.rpc.WatchRequest;
import io.netsy.etcd.proto.rpc.WatchResponse;
import io.netsy.etcd.server.web.HttpHandler;
import io.netsy.etcd.server.web.HttpLimits;
import io.netsy.etcd.testkit.TestNode;
import io.netsy.etcd.testkit.TestStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A server on a free loopback port, with services that do as their requests' keys say. Closes what it opened. */
final class ServerFixture implements AutoCloseable {
    final TestStore store = new TestStore();
    final TestNode node = new TestNode(store);
    final AtomicLong nanos = new AtomicLong();
    final KeyValue keyValue = new KeyValue();
    final Watch watch = new Watch();
    final Map<String, HttpHandler> httpHandlers = new ConcurrentHashMap<>();
    final List<ServerInterceptor> interceptors = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<EtcdServer> servers = new ArrayList<>();
    ServerSettings settings = ServerSettings.plaintext(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    ServerLimits limits = ServerLimits.standard(1_572_864);
    InstantSource wallClock = InstantSource.system();
    String nodeMetrics = "";

    @Nullable
    OtherProtocol other;

    EtcdServer start() throws Exception {
        EtcdServer server = EtcdServer.start(settings, parts(), limits);
        servers.add(server);
        return server;
    }

    ServerParts parts() {
        return new ServerParts(
                List.<BindableService>of(keyValue, watch),
                interceptors,
                httpHandlers,
                store,
                node,
                EtcdVersion.parse("3.6.14"),
                () -> nodeMetrics,
                nanos::get,
                wallClock,
                other);
    }

    ServerFixture withHttpTimeouts(Duration request, Duration idle) {
        HttpLimits http = limits.http();
        limits = new ServerLimits(
                limits.handshakeTimeout(),
                limits.leastPingInterval(),
                limits.maxMetadataBytes(),
                limits.leaderCheckInterval(),
                new HttpLimits(
                        http.maxLineBytes(),
                        http.maxHeaderBytes(),
                        http.maxBodyBytes(),
                        request,
                        idle,
                        http.writeTimeout()),
                limits.load());
        return this;
    }

    ServerFixture withConnectionTimes(Duration handshake, Duration pingInterval, Duration leaderCheck) {
        limits = new ServerLimits(
                handshake, pingInterval, limits.maxMetadataBytes(), leaderCheck, limits.http(), limits.load());
        return this;
    }

    ManagedChannel channel(EtcdServer server) {
        return keep(NettyChannelBuilder.forAddress(server.clientAddress())
                .usePlaintext()
                .maxInboundMetadataSize(1 << 20)
                .build());
    }

    ManagedChannel keep(ManagedChannel channel) {
        channels.add(channel);
        return channel;
    }

    static Socket connect(EtcdServer server) throws IOException {
        Socket socket = new Socket();
        socket.connect(server.clientAddress());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** Sends raw bytes and returns what comes until the server closes. */
    static String talk(EtcdServer server, byte[] bytes) throws IOException {
        try (Socket socket = connect(server)) {
            socket.getOutputStream().write(bytes);
            return readAll(socket);
        }
    }

    static String readAll(Socket socket) throws IOException {
        try (InputStream input = socket.getInputStream()) {
            return new String(input.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        Awaitility.await().until(() -> channels.stream().allMatch(ManagedChannel::isTerminated));
        servers.forEach(EtcdServer::stop);
    }

    static RangeRequest range(String key) {
        return RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
    }

    /** A put whose encoded request has exactly that many bytes. */
    static PutRequest put(int encodedBytes) {
        int valueBytes = encodedBytes;
        while (putValue(valueBytes).getSerializedSize() > encodedBytes) {
            valueBytes--;
        }
        return putValue(valueBytes);
    }

    private static PutRequest putValue(int valueBytes) {
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("key"))
                .setValue(ByteString.copyFrom(new byte[valueBytes]))
                .build();
    }

    /** Answers a range by its key: {@code hang} never, {@code refused} and {@code broken} by throwing, else at once. */
    static final class KeyValue extends KVGrpc.KVImplBase {
        final Queue<StreamObserver<RangeResponse>> hanging = new ConcurrentLinkedQueue<>();
        final AtomicInteger cancelled = new AtomicInteger();

        @Override
        public void range(RangeRequest request, StreamObserver<RangeResponse> responses) {
            switch (request.getKey().toStringUtf8()) {
                case "hang" -> {
                    ((ServerCallStreamObserver<RangeResponse>) responses)
                            .setOnCancelHandler(cancelled::incrementAndGet);
                    hanging.add(responses);
                }
                case "refused" -> throw EtcdError.COMPACTED.exception();
                case "broken" -> throw new IllegalStateException("out of order");
                default -> {
                    responses.onNext(RangeResponse.newBuilder().setCount(1).build());
                    responses.onCompleted();
                }
            }
        }

        @Override
        public void put(PutRequest request, StreamObserver<PutResponse> responses) {
            responses.onNext(PutResponse.getDefaultInstance());
            responses.onCompleted();
        }
    }

    /** Answers every watch request with its own start revision, and counts streams that ended without their client. */
    static final class Watch extends WatchGrpc.WatchImplBase {
        final Queue<StreamObserver<WatchResponse>> open = new ConcurrentLinkedQueue<>();
        final AtomicInteger cancelled = new AtomicInteger();

        @Override
        public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> responses) {
            ((ServerCallStreamObserver<WatchResponse>) responses).setOnCancelHandler(cancelled::incrementAndGet);
            open.add(responses);
            return new StreamObserver<>() {
                @Override
                public void onNext(WatchRequest request) {
                    responses.onNext(WatchResponse.newBuilder()
                            .setWatchId(request.getCreateRequest().getStartRevision())
                            .build());
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {}
            };
        }
    }

    static InstantSource at(Instant instant) {
        return () -> instant;
    }
}
