package io.netsy.etcd.server.gateway;

import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.netsy.etcd.maintenance.EtcdVersion;
import io.netsy.etcd.server.EtcdServer;
import io.netsy.etcd.server.ServerParts;
import io.netsy.etcd.server.ServerSettings;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.etcd.testkit.TestNode;
import io.netsy.etcd.testkit.TestStore;
import io.netsy.etcd.watch.WatchAuthorizer;
import io.netsy.etcd.watch.WatchHub;
import io.netsy.etcd.watch.WatchPorts;
import io.netsy.etcd.watch.WatchRuntime;
import io.netsy.etcd.watch.WatchService;
import io.netsy.etcd.watch.WatchSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** All services behind the real server, spoken to in JSON. */
final class GatewayBed implements AutoCloseable {
    final TestEtcd etcd;
    final EtcdServer server;
    final WatchHub hub;
    final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService steps = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorService dispatcher = Executors.newSingleThreadExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    GatewayBed(ServerInterceptor... interceptors) throws Exception {
        this(List.of(), interceptors);
    }

    /** A bed with other services than etcd's own, where there are some. */
    GatewayBed(List<BindableService> others, ServerInterceptor... interceptors) throws Exception {
        etcd = new TestEtcd(new TestStore(), steps);
        hub = new WatchHub(
                new WatchPorts(etcd.store, etcd.store.revisions(), etcd.node, WatchAuthorizer.PERMIT_ALL),
                new WatchRuntime(
                        dispatcher,
                        steps,
                        (delay, task) -> {
                            var timeout = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                            return () -> timeout.cancel(false);
                        },
                        4096,
                        new SplittableRandom(1)),
                WatchSettings.DEFAULTS);
        etcd.store.addListener(hub);
        List<BindableService> services = new ArrayList<>(others);
        if (others.isEmpty()) {
            services.addAll(etcd.services);
            services.add(new WatchService(hub));
        }
        server = EtcdServer.start(
                ServerSettings.plaintext(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                new ServerParts(
                        services,
                        List.of(interceptors),
                        Map.of(),
                        etcd.store,
                        new TestNode(etcd.store),
                        EtcdVersion.parse("3.6.14"),
                        () -> "",
                        etcd.clock,
                        InstantSource.system(),
                        null));
    }

    /** The header of an answer at a revision. */
    static String header(long revision) {
        return "\"header\":{\"cluster_id\":\"%s\",\"member_id\":\"%s\",\"revision\":\"%d\",\"raft_term\":\"1\"}"
                .formatted(
                        Long.toUnsignedString(TestNode.CLUSTER_ID),
                        Long.toUnsignedString(TestNode.MEMBER_ID),
                        revision);
    }

    HttpRequest.Builder request(String path, String body) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.clientAddress().getPort() + path))
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    HttpResponse<String> post(String path, String body) throws Exception {
        return http.send(request(path, body).build(), BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> start(String path, String body) {
        return http.sendAsync(request(path, body).build(), BodyHandlers.ofString());
    }

    /** A client that writes a request by hand. */
    RawClient connect(String head) throws IOException {
        RawClient client = new RawClient(server);
        client.write(head.replace("\n", "\r\n") + "\r\n\r\n");
        return client;
    }

    @Override
    public void close() {
        http.shutdownNow();
        hub.stop();
        server.stop();
        etcd.close();
        steps.shutdownNow();
        dispatcher.shutdownNow();
        timer.shutdownNow();
    }

    /** A socket. */
    static final class RawClient implements AutoCloseable {
        private final Socket socket = new Socket();
        private final StringBuilder received = new StringBuilder();

        RawClient(EtcdServer server) throws IOException {
            socket.setReceiveBufferSize(32 << 10);
            socket.connect(server.clientAddress());
            socket.setSoTimeout(10_000);
        }

        void write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** Sends a piece of a chunked body. */
        void chunk(String text) throws IOException {
            write(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
        }

        /** Reads until a text has come, and answers what came since the last one that was waited for. */
        String readUntil(String expected) throws IOException {
            byte[] buffer = new byte[64 << 10];
            int searched = 0;
            while (received.indexOf(expected, searched) < 0) {
                searched = Math.max(0, received.length() - expected.length());
                int length = socket.getInputStream().read(buffer);
                if (length < 0) {
                    throw new IOException("closed after: " + received);
                }
                received.append(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
            }
            int end = received.indexOf(expected, searched) + expected.length();
            String came = received.substring(0, end);
            received.delete(0, end);
            return came;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
