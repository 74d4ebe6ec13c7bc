package io.netsy.etcd.server.gateway;

import static io.netsy.etcd.server.gateway.GatewayBed.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.netsy.etcd.testkit.Requests;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls of one answer in JSON: section 18 of the etcd semantics, case 86 of its section 21, and what etcd 3.6.14 answers. */
class GatewayConformanceTest {
    private final Queue<Metadata> seen = new ConcurrentLinkedQueue<>();
    private GatewayBed bed;

    @BeforeEach
    void open() throws Exception {
        bed = new GatewayBed(new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                seen.add(headers);
                return next.startCall(call, headers);
            }
        });
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private void assertAnswer(HttpResponse<String> answer, int status, String body) {
        assertThat(answer.body()).isEqualTo(body);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    }

    @Test
    void case86_putAndRange() throws Exception {
        HttpResponse<String> put = bed.post("/v3/kv/put", "{\"key\":\"Zm9v\",\"value\":\"YmFy\"}");
        HttpResponse<String> range = bed.post("/v3/kv/range", "{\"key\":\"Zm9v\"}");

        assertAnswer(put, 200, "{" + header(2) + "}");
        assertAnswer(
                range,
                200,
                "{" + header(2) + ",\"kvs\":[{\"key\":\"Zm9v\",\"create_revision\":\"2\",\"mod_revision\":\"2\","
                        + "\"version\":\"1\",\"value\":\"YmFy\"}],\"count\":\"1\"}");
        assertThat(range.headers().firstValue("Grpc-Metadata-Content-Type")).hasValue("application/grpc");
    }

    @Test
    void requestsMayBeWrittenInSeveralWays() throws Exception {
        bed.etcd.put("\u00ff?", "x");
        bed.etcd.put("foo", "bar");
        for (String request : List.of(
                "{\"key\":\"Zm9v\",\"sort_order\":\"DESCEND\",\"sort_target\":1,\"limit\":\"5\"}",
                "{\"key\":\"Zm9v\",\"sortOrder\":2,\"limit\":5,\"nobody\":[{\"knows\":null}]}",
                " \n{\"key\" : \"Zm9v\"} and what comes behind is not looked at")) {
            assertThat(bed.post("/v3/kv/range", request).body()).as(request).contains("\"value\":\"YmFy\"");
        }
        // Bytes in the alphabet of URLs, and without padding.
        assertThat(bed.post("/v3/kv/range", "{\"key\":\"w78_\"}").body()).contains("\"count\":\"1\"");
        assertThat(bed.post("/v3beta/kv/range", "{\"key\":\"Zm9v\"}").body()).contains("\"count\":\"1\"");
    }

    @Test
    void aTransactionWithItsEnumsAndUnions() throws Exception {
        HttpResponse<String> answer = bed.post("/v3/kv/txn", """
                {"compare":[{"result":"EQUAL","target":"VERSION","key":"Zm9v","version":0}],
                 "success":[{"request_put":{"key":"Zm9v","value":"YQ=="}}],
                 "failure":[{"request_range":{"key":"Zm9v"}}]}""");

        assertAnswer(
                answer,
                200,
                "{" + header(2)
                        + ",\"succeeded\":true,\"responses\":[{\"response_put\":{\"header\":{\"revision\":\"2\"}}}]}");
    }

    @Test
    void failuresAreCodesTextsAndTheStatusOfTheCode() throws Exception {
        assertAnswer(
                bed.post("/v3/kv/range", "{}"), 400, "{\"code\":3,\"message\":\"etcdserver: key is not provided\"}");
        assertAnswer(bed.post("/v3/kv/range", ""), 400, "{\"code\":3,\"message\":\"etcdserver: key is not provided\"}");
        assertAnswer(
                bed.post("/v3/kv/compaction", "{\"revision\":100}"),
                400,
                "{\"code\":11,\"message\":\"etcdserver: mvcc: required revision is a future revision\"}");
        assertAnswer(
                bed.post("/v3/lease/revoke", "{\"ID\":7}"),
                404,
                "{\"code\":5,\"message\":\"etcdserver: requested lease not found\"}");
        assertAnswer(bed.post("/v3/election/leader", "{}"), 500, "{\"code\":2,\"message\":\"election: no leader\"}");
        assertAnswer(
                bed.post("/v3/election/proclaim", "{}"),
                500,
                "{\"code\":2,\"message\":\"\\\"leader\\\" field must be provided\"}");
    }

    @Test
    void everyCodeHasTheStatusOfEtcdsGateway() {
        assertThat(List.of(Status.Code.values()).stream().map(Replies::httpStatus))
                .containsExactly(200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401);
    }

    @Test
    void whatIsNoRequestIsAnInvalidArgument() throws Exception {
        for (String body : List.of(
                "{bad",
                "{\"key\":\"**\"}",
                "{\"key\":5.5}",
                "[]",
                "null",
                "{\"limit\":\"x\"}",
                "{\"limit\":1.5}",
                "{\"key\":\"Zm9v\"",
                "{\"a\":" + "[".repeat(200))) {
            HttpResponse<String> answer = bed.post("/v3/kv/range", body);
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(answer.body())
                    .as(body)
                    .startsWith("{\"code\":3,\"message\":\"")
                    .endsWith("\"}");
        }
        assertAnswer(bed.post("/v3/kv/range", "{\"key\":\"Zm9v\""), 400, "{\"code\":3,\"message\":\"unexpected EOF\"}");
    }

    @Test
    void pathsAndMethodsThatAreNoneAreSaidSoInJson() throws Exception {
        String notFound = "{\"code\":5,\"message\":\"Not Found\"}";
        assertAnswer(bed.post("/v3/kv/nothing", "{}"), 404, notFound);
        assertAnswer(bed.post("/v3/kv/put/", "{}"), 404, notFound);
        assertAnswer(bed.post("/v3/", "{}"), 404, notFound);
        assertAnswer(bed.post("/v3/kv/rangestream", "{}"), 404, notFound);
        for (String path : List.of("/v3/kv/range", "/v3/watch", "/v3/maintenance/snapshot")) {
            HttpRequest get = bed.request(path, "").GET().build();
            assertAnswer(
                    bed.http.send(get, BodyHandlers.ofString()),
                    501,
                    "{\"code\":12,\"message\":\"Method Not Allowed\"}");
        }
    }

    @Test
    void thePrefixWithoutItsSlashLeadsToThePrefix() throws Exception {
        HttpResponse<String> got = bed.http.send(bed.request("/v3", "").GET().build(), BodyHandlers.ofString());
        assertThat(got.statusCode()).isEqualTo(307);
        assertThat(got.headers().firstValue("Location")).hasValue("/v3/");
        assertThat(got.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(got.body()).isEqualTo("<a href=\"/v3/\">Temporary Redirect</a>.\n\n");

        HttpResponse<String> posted = bed.post("/v3", "{}");
        assertThat(posted.statusCode()).isEqualTo(307);
        assertThat(posted.headers().firstValue("Location")).hasValue("/v3/");
        assertThat(posted.headers().firstValue("Content-Type")).isEmpty();
        assertThat(posted.body()).isEmpty();

        HttpResponse<String> old = bed.post("/v3beta", "{}");
        assertThat(old.statusCode()).isEqualTo(404);
        assertThat(old.body()).isEqualTo("404 page not found\n");
    }

    @Test
    void everyPathLeadsToAMethod() throws Exception {
        GatewayPaths paths = new GatewayPaths();
        Map<String, List<String>> groups = Map.ofEntries(
                Map.entry(
                        "kv",
                        List.of(
                                "range",
                                "put",
                                "deleterange",
                                "txn",
                                "compaction",
                                "lease/revoke",
                                "lease/timetolive",
                                "lease/leases")),
                Map.entry("lease", List.of("grant", "revoke", "keepalive", "timetolive", "leases")),
                Map.entry("cluster/member", List.of("add", "remove", "update", "list", "promote")),
                Map.entry(
                        "maintenance",
                        List.of(
                                "alarm",
                                "status",
                                "defragment",
                                "hash",
                                "hashkv",
                                "snapshot",
                                "transfer-leadership",
                                "downgrade")),
                Map.entry("auth", List.of("enable", "disable", "status", "authenticate")),
                Map.entry("auth/user", List.of("add", "get", "list", "delete", "changepw", "grant", "revoke")),
                Map.entry("auth/role", List.of("add", "get", "list", "delete", "grant", "revoke")),
                Map.entry("lock", List.of("lock", "unlock")),
                Map.entry("election", List.of("campaign", "proclaim", "leader", "observe", "resign")));
        groups.forEach((group, names) -> names.forEach(name -> assertThat(paths.find("/v3/" + group + "/" + name))
                .as(group + name)
                .isNotNull()));
        assertThat(paths.find("/v3/watch")).isNotNull();
        assertAnswer(
                bed.post("/v3/cluster/member/list", "{}"),
                200,
                "{\"header\":{\"cluster_id\":\"13953697637129943194\",\"member_id\":\"10276657743932975437\","
                        + "\"raft_term\":\"1\"},\"members\":[{\"ID\":\"10276657743932975437\",\"name\":\"one\","
                        + "\"peerURLs\":[\"http://127.0.0.1:2380\"],\"clientURLs\":[\"http://127.0.0.1:2379\"]}]}");
    }

    @Test
    void pagesOfAllOriginsMayAskAnything() throws Exception {
        HttpRequest options = bed.request("/v3/kv/put", "")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<String> preflight = bed.http.send(options, BodyHandlers.ofString());
        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(preflight.body()).isEmpty();
        for (HttpResponse<String> answer :
                List.of(preflight, bed.post("/v3/kv/range", "{}"), bed.post("/health", ""), bed.post("/none", ""))) {
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .hasValue("*");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Methods"))
                    .hasValue("POST, GET, OPTIONS, PUT, DELETE");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Headers"))
                    .hasValue("accept, content-type, authorization");
        }
    }

    @Test
    void theTokenAndMetadataGoOnAndNothingElse() throws Exception {
        HttpRequest request = bed.request("/v3/kv/range", "{\"key\":\"Zm9v\"}")
                .header("Authorization", "abc.1")
                .header("Grpc-Metadata-HasLeader", "true")
                .header("Grpc-Metadata-Token", "abc.2")
                .header("Grpc-Metadata-Grpc-Timeout", "1n")
                .header("X-Other", "stays")
                .build();
        assertThat(bed.http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);

        Metadata metadata = seen.remove();
        assertThat(text(metadata, "authorization")).isEqualTo("abc.1");
        assertThat(text(metadata, "token")).isEqualTo("abc.2");
        assertThat(text(metadata, "hasleader")).isEqualTo("true");
        assertThat(metadata.keys()).doesNotContain("x-other", "grpc-timeout");
        bed.etcd.store.setLeader(false);
        assertAnswer(
                bed.http.send(request, BodyHandlers.ofString()),
                503,
                "{\"code\":14,\"message\":\"etcdserver: no leader\"}");
    }

    private static @Nullable String text(Metadata metadata, String name) {
        return metadata.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    @Test
    void aFailedAuthenticationNamesItselfInAHeaderToo() throws Exception {
        try (GatewayBed refusing = new GatewayBed(new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                call.close(Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token"), new Metadata());
                return new ServerCall.Listener<>() {};
            }
        })) {
            HttpResponse<String> answer = refusing.post("/v3/kv/range", "{\"key\":\"Zm9v\"}");
            assertAnswer(answer, 401, "{\"code\":16,\"message\":\"etcdserver: invalid auth token\"}");
            assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("etcdserver: invalid auth token");
        }
    }

    @Test
    void callsAreCountedAsThoseOfGrpc() throws Exception {
        bed.post("/v3/kv/range", "{}");

        assertThat(bed.server.metrics())
                .containsPattern("grpc_server_handled_total\\{grpc_code=\"InvalidArgument\",grpc_method=\"Range\","
                        + "grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"\\} 1");
    }

    @Test
    void aDeadlineEndsAWaitAndTakesItsKeyBack() throws Exception {
        bed.post("/v3/lease/grant", "{\"ID\":1,\"TTL\":100}");
        bed.post("/v3/lock/lock", "{\"name\":\"bQ==\"}");
        HttpRequest request = bed.request("/v3/lock/lock", "{\"name\":\"bQ==\",\"lease\":1}")
                .header("Grpc-Timeout", "200m")
                .build();

        assertAnswer(
                bed.http.send(request, BodyHandlers.ofString()),
                504,
                "{\"code\":4,\"message\":\"context deadline exceeded\"}");
        await().until(() -> bed.etcd.range(Requests.range("m/1")).getCount() == 0);
        HttpRequest malformed =
                bed.request("/v3/lock/lock", "{}").header("Grpc-Timeout", "1x").build();
        assertAnswer(
                bed.http.send(malformed, BodyHandlers.ofString()),
                400,
                "{\"code\":3,\"message\":\"invalid grpc-timeout: 1x\"}");
    }

    @Test
    void aWaitWhoseClientLeavesTakesItsKeyBack() throws Exception {
        bed.post("/v3/lease/grant", "{\"ID\":1,\"TTL\":100}");
        bed.post("/v3/lock/lock", "{\"name\":\"bQ==\"}");
        String body = "{\"name\":\"bQ==\",\"lease\":1}";
        try (var client = bed.connect("POST /v3/lock/lock HTTP/1.1\nHost: x\nContent-Length: " + body.length())) {
            client.write(body);
            await().until(() -> bed.etcd.range(Requests.range("m/1")).getCount() == 1);
        }

        await().until(() -> bed.etcd.range(Requests.range("m/1")).getCount() == 0);
    }

    @Test
    void aRequestThatIsTooLargeIsRefusedWhereEtcdRefusesIt() throws Exception {
        String tooLarge = "{\"key\":\"Zm9v\",\"value\":\"" + "A".repeat(4 * 1_572_864 / 3) + "\"}";
        assertAnswer(
                bed.post("/v3/kv/put", tooLarge), 400, "{\"code\":3,\"message\":\"etcdserver: request is too large\"}");
        String fits = "{\"key\":\"Zm9v\",\"value\":\"" + "A".repeat(4 * 500_000) + "\"}";
        assertThat(bed.post("/v3/kv/put", fits).statusCode()).isEqualTo(200);
        assertThat(bed.post("/v3/kv/range", "{\"key\":\"Zm9v\"}").body()).hasSizeGreaterThan(2_000_000);
    }
}
