package io.netsy.etcd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.server.web.HttpExchange;
import io.netsy.etcd.server.web.HttpReply;
import io.netsy.etcd.server.web.HttpStream;
import io.netsy.etcd.state.Alarm;
import io.netsy.etcd.testkit.TestNode;
import io.netsy.replication.model.Entry;
import java.io.ByteArrayInputStream;
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
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The HTTP/1.1 side of the client port, over real sockets. */
class HttpOnClientPortTest {
    private final ServerFixture fixture = new ServerFixture();
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        client.close();
        fixture.close();
    }

    @Test
    void gRpcAndHttpShareThePort() throws Exception {
        EtcdServer server = fixture.start();
        assertThat(KVGrpc.newBlockingStub(fixture.channel(server))
                        .range(ServerFixture.range("a"))
                        .getCount())
                .isEqualTo(1);
        // This client asks for an upgrade to HTTP/2 that etcd, too, leaves unanswered.
        HttpResponse<String> version = get(server, "/version");
        assertThat(version.statusCode()).isEqualTo(200);
        assertThat(version.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(version.body())
                .isEqualTo("{\"etcdserver\":\"3.6.14\",\"etcdcluster\":\"3.6.0\",\"storage\":\"3.6.0\"}");
    }

    @Test
    void healthIsTrueAndNeedsAConfirmedRead() throws Exception {
        EtcdServer server = fixture.start();
        assertAnswer(get(server, "/health"), 200, "{\"health\":\"true\",\"reason\":\"\"}");
        fixture.store.holdConfirmations();
        var waiting = client.sendAsync(request(server, "/health").build(), BodyHandlers.ofString());
        await().during(Duration.ofMillis(50)).until(() -> !waiting.isDone());
        assertAnswer(get(server, "/health?serializable=true"), 200, "{\"health\":\"true\",\"reason\":\"\"}");
        fixture.store.refuseConfirmation(EtcdError.TIMED_OUT);
        assertAnswer(
                waiting.join(),
                503,
                "{\"health\":\"false\",\"reason\":\"RANGE ERROR:etcdserver: request timed out\"}\n");
        assertThat(server.metrics()).contains("\netcd_server_health_success 2\n", "\netcd_server_health_failures 1\n");
    }

    @Test
    void healthNamesAMissingLeaderUnlessAskedForThisNodeAlone() throws Exception {
        EtcdServer server = fixture.start();
        fixture.store.setLeader(false);
        assertAnswer(get(server, "/health"), 503, "{\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}\n");
        assertAnswer(get(server, "/health?serializable=true"), 200, "{\"health\":\"true\",\"reason\":\"\"}");
        assertAnswer(
                get(server, "/health?serializable=1"), 503, "{\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}\n");
    }

    @Test
    void alarmsMakeUnhealthyUnlessExcluded() throws Exception {
        EtcdServer server = fixture.start();
        raise(Alarm.NOSPACE);
        String noSpace = "{\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}\n";
        assertAnswer(get(server, "/health"), 503, noSpace);
        assertAnswer(get(server, "/health?exclude=CORRUPT"), 503, noSpace);
        assertAnswer(get(server, "/health?exclude=NOSPACE"), 200, "{\"health\":\"true\",\"reason\":\"\"}");
        assertAnswer(get(server, "/readyz"), 200, "ok\n");
        raise(Alarm.CORRUPT);
        assertAnswer(
                get(server, "/health?exclude=NOSPACE"), 503, "{\"health\":\"false\",\"reason\":\"ALARM CORRUPT\"}\n");
        assertAnswer(
                get(server, "/health?exclude=NOSPACE&exclude=CORRUPT"), 200, "{\"health\":\"true\",\"reason\":\"\"}");
        assertAnswer(get(server, "/readyz"), 503, """
                [-]data_corruption failed: alarm activated: CORRUPT
                [+]serializable_read ok
                [+]linearizable_read ok
                [+]non_learner ok

                """);
        assertAnswer(get(server, "/readyz?exclude=data_corruption"), 200, "ok\n");
        assertAnswer(get(server, "/livez"), 200, "ok\n");
    }

    @Test
    void singleChecksAndVerboseAnswers() throws Exception {
        EtcdServer server = fixture.start();
        assertAnswer(get(server, "/livez?verbose"), 200, "[+]serializable_read ok\nok\n");
        assertAnswer(get(server, "/readyz/non_learner?verbose"), 200, "[+]non_learner ok\nok\n");
        assertAnswer(get(server, "/livez/serializable_read"), 200, "ok\n");
        assertAnswer(get(server, "/livez/linearizable_read"), 404, "404 page not found\n");
        fixture.node.members = List.of(new ClusterView.Member(TestNode.MEMBER_ID, "one", List.of(), List.of(), true));
        assertAnswer(get(server, "/readyz/non_learner"), 503, "[-]non_learner failed: the node is a learner\n\n");
        fixture.store.holdConfirmations();
        var waiting = client.sendAsync(request(server, "/readyz").build(), BodyHandlers.ofString());
        await().during(Duration.ofMillis(50)).until(() -> !waiting.isDone());
        fixture.store.refuseConfirmation(EtcdError.NO_LEADER);
        assertThat(waiting.join().body()).contains("[-]linearizable_read failed: etcdserver: no leader\n");
        assertThat(server.metrics())
                .contains(
                        "etcd_server_healthcheck{name=\"non_learner\",type=\"readyz\"} 0\n",
                        "etcd_server_healthcheck{name=\"serializable_read\",type=\"livez\"} 1\n");
    }

    @Test
    void otherMethodsAreRefused() throws Exception {
        EtcdServer server = fixture.start();
        for (String path : List.of("/health", "/livez", "/readyz/non_learner", "/version")) {
            HttpResponse<String> answer = client.send(
                    request(server, path)
                            .POST(HttpRequest.BodyPublishers.ofString("x"))
                            .build(),
                    BodyHandlers.ofString());
            assertAnswer(answer, 405, "Method Not Allowed\n");
            assertThat(answer.headers().firstValue("allow")).hasValue("GET");
        }
    }

    @Test
    void metricsAreAlsoServedOnTheirOwnPort() throws Exception {
        fixture.nodeMetrics = "netsy_example 1\n";
        fixture.settings = fixture.settings.withMetrics(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        EtcdServer server = fixture.start();
        HttpResponse<String> answer = get(server, "/metrics");
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body()).contains("# TYPE grpc_server_started_total counter\n", "\nnetsy_example 1\n");
        String own = "http://127.0.0.1:"
                + Objects.requireNonNull(server.metricsAddress()).getPort();
        assertThat(get(own + "/metrics").body()).contains("\nnetsy_example 1\n");
        assertThat(get(own + "/livez").body()).isEqualTo("ok\n");
        var variables = get(own + "/debug/vars");
        assertThat(variables.body()).startsWith("{\"cmdline\":").endsWith("}\n");
        assertThat(variables.headers().firstValue("Content-Type")).contains("application/json; charset=utf-8");
    }

    @Test
    void metricsAreCompressedForWhoAccepts() throws Exception {
        EtcdServer server = fixture.start();
        HttpResponse<byte[]> answer = client.send(
                request(server, "/metrics").header("Accept-Encoding", "gzip").build(), BodyHandlers.ofByteArray());
        assertThat(answer.headers().firstValue("content-encoding")).hasValue("gzip");
        try (var text = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            assertThat(new String(text.readAllBytes(), StandardCharsets.UTF_8)).startsWith("# HELP ");
        }
    }

    @Test
    void garbageIsAnsweredAndClosed() throws Exception {
        EtcdServer server = fixture.start();
        String answer =
                ServerFixture.talk(server, new byte[] {0x16, 0x03, 0x01, 0, 5, 1, 2, 3, '\r', '\n', '\r', '\n'});
        assertThat(answer).startsWith("HTTP/1.1 400 Bad Request\r\n").contains("connection: close\r\n");
        assertThat(ServerFixture.talk(server, bytes("PRI * HTTP/2.1\r\n\r\n"))).startsWith("HTTP/1.1 4");
        assertThat(get(server, "/version").statusCode()).isEqualTo(200);
    }

    @Test
    void tooMuchIsRefused() throws Exception {
        EtcdServer server = fixture.start();
        assertThat(ServerFixture.talk(server, bytes("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n\r\n")))
                .startsWith("HTTP/1.1 414 ");
        assertThat(ServerFixture.talk(server, bytes("GET / HTTP/1.1\r\na: " + "x".repeat(70_000) + "\r\n\r\n")))
                .startsWith("HTTP/1.1 431 ");
        assertThat(ServerFixture.talk(server, bytes("POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n")))
                .startsWith("HTTP/1.1 413 ");
        assertThat(get(server, "/version").statusCode()).isEqualTo(200);
    }

    @Test
    void aRequestThatTricklesInIsCutOff() throws Exception {
        fixture.withHttpTimeouts(Duration.ofMillis(300), Duration.ofSeconds(10));
        EtcdServer server = fixture.start();
        try (Socket slow = ServerFixture.connect(server)) {
            slow.getOutputStream().write(bytes("GET /version HTTP/1.1\r\n"));
            AtomicBoolean closed = new AtomicBoolean();
            Thread.ofVirtual().start(() -> {
                try {
                    closed.set(slow.getInputStream().read() == -1);
                } catch (IOException reset) {
                    closed.set(true);
                }
            });
            await().pollInterval(Duration.ofMillis(50)).until(() -> {
                if (!closed.get()) {
                    slow.getOutputStream().write('a');
                }
                return closed.get();
            });
        }
    }

    @Test
    void anIdleConnectionIsClosed() throws Exception {
        fixture.withHttpTimeouts(Duration.ofSeconds(10), Duration.ofMillis(100));
        EtcdServer server = fixture.start();
        try (Socket socket = ServerFixture.connect(server)) {
            socket.getOutputStream().write(bytes("GET /version HTTP/1.1\r\n\r\n"));
            assertThat(ServerFixture.readAll(socket)).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void requestsOnOneConnectionAreAnsweredInOrder() throws Exception {
        Queue<HttpExchange> open = new ConcurrentLinkedQueue<>();
        fixture.httpHandlers.put("/later/", open::add);
        EtcdServer server = fixture.start();
        try (Socket socket = ServerFixture.connect(server)) {
            socket.getOutputStream()
                    .write(bytes(
                            "GET /later/1?q=a%20b HTTP/1.1\r\n\r\nGET /later/2 HTTP/1.1\r\nConnection: close\r\n\r\n"));
            await().until(() -> open.size() == 1);
            HttpExchange first = open.remove();
            assertThat(first.query("q")).containsExactly("a b");
            first.respond(HttpReply.text(200, "one"));
            first.respond(HttpReply.text(200, "never sent"));
            await().until(() -> open.size() == 1);
            open.remove().respond(HttpReply.text(200, "two"));
            assertThat(ServerFixture.readAll(socket))
                    .containsSubsequence("one", "two")
                    .doesNotContain("never");
        }
    }

    @Test
    void aHandlersExceptionIsAnAnswer() throws Exception {
        fixture.httpHandlers.put("/broken", _ -> {
            throw new IllegalStateException("out of order");
        });
        EtcdServer server = fixture.start();
        assertAnswer(get(server, "/broken"), 500, "netsy: internal error; see the node's log\n");
    }

    @Test
    void aStreamIsSentInPiecesAndItsWriterLearnsThatTheClientLeft() throws Exception {
        Queue<HttpStream> streams = new ConcurrentLinkedQueue<>();
        AtomicBoolean abandoned = new AtomicBoolean();
        fixture.httpHandlers.put("/stream", exchange -> {
            streams.add(exchange.stream(200, "application/json"));
            exchange.onAbandoned(() -> abandoned.set(true));
        });
        EtcdServer server = fixture.start();
        try (Socket socket = ServerFixture.connect(server)) {
            socket.getOutputStream().write(bytes("POST /stream HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"));
            await().until(() -> streams.size() == 1);
            streams.element().write(bytes("{}\n"));
            String expected = "{}\n";
            StringBuilder received = new StringBuilder();
            while (received.indexOf(expected) < 0) {
                received.append((char) socket.getInputStream().read());
            }
            assertThat(received).contains("transfer-encoding: chunked");
        }
        await().untilTrue(abandoned);
        streams.element().write(bytes("too late"));
        streams.element().end();
    }

    @Test
    void stoppingEndsStreamsAndLetsAnswersOut() throws Exception {
        Queue<HttpExchange> open = new ConcurrentLinkedQueue<>();
        fixture.httpHandlers.put("/later", open::add);
        EtcdServer server = fixture.start();
        var waiting = client.sendAsync(request(server, "/later").build(), BodyHandlers.ofString());
        await().until(() -> open.size() == 1);
        Thread stopping = Thread.ofVirtual().start(server::stop);
        await().during(Duration.ofMillis(50)).until(() -> !waiting.isDone());
        open.remove().respond(HttpReply.text(200, "done"));
        assertAnswer(waiting.join(), 200, "done");
        assertThat(stopping.join(Duration.ofSeconds(3))).isTrue();
    }

    private void raise(int alarmType) {
        Entry raised = new Entry.AlarmChange(alarmType, TestNode.MEMBER_ID, true);
        fixture.store
                .propose((tip, _) -> Evaluation.effect(tip, raised, raised))
                .join();
    }

    private HttpResponse<String> get(EtcdServer server, String path) throws Exception {
        return client.send(request(server, path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String url) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(EtcdServer server, String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.clientAddress().getPort() + path));
    }

    private static void assertAnswer(HttpResponse<String> answer, int status, String body) {
        assertThat(answer.body()).isEqualTo(body);
        assertThat(answer.statusCode()).isEqualTo(status);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
