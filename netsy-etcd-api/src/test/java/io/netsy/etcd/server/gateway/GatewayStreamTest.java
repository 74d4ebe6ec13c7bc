package io.netsy.etcd.server.gateway;

import static io.netsy.etcd.server.gateway.GatewayBed.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.SnapshotRequest;
import io.netsy.etcd.proto.rpc.SnapshotResponse;
import io.netsy.etcd.testkit.Requests;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls of many answers in JSON, as section 18 of the etcd semantics and etcd 3.6.14 have them. */
class GatewayStreamTest {
    private GatewayBed bed;

    @BeforeEach
    void open() throws Exception {
        bed = new GatewayBed();
    }

    @AfterEach
    void close() {
        bed.close();
    }

    @Test
    void keepAlivesAreAnsweredLineByLine() throws Exception {
        bed.post("/v3/lease/grant", "{\"ID\":77,\"TTL\":100}");

        HttpResponse<String> answer = bed.post("/v3/lease/keepalive", "{\"ID\":77}{\"ID\":\"78\"} no request {}");

        assertThat(answer.body())
                .isEqualTo("{\"result\":{" + header(1) + ",\"ID\":\"77\",\"TTL\":\"100\"}}\n{\"result\":{" + header(1)
                        + ",\"ID\":\"78\"}}\n");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("Grpc-Metadata-Content-Type")).hasValue("application/grpc");
        assertThat(answer.headers().firstValue("Transfer-Encoding")).hasValue("chunked");
        HttpResponse<String> nothing = bed.post("/v3/lease/keepalive", "");
        assertThat(nothing.statusCode()).isEqualTo(200);
        assertThat(nothing.body()).isEmpty();
    }

    @Test
    void aWatchGoesOnAfterItsBodyHasEnded() throws Exception {
        String body = "{\"create_request\":{\"key\":\"Zm9v\",\"prev_kv\":true}}";
        try (var client = bed.connect("POST /v3/watch HTTP/1.1\nHost: x\nContent-Length: " + body.length())) {
            client.write(body);
            String created = client.readUntil("\"created\":true}}\n");
            assertThat(created)
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("{\"result\":{" + header(1) + ",\"created\":true}}\n");

            bed.etcd.put("foo", "bar");

            client.readUntil("{\"result\":{" + header(2)
                    + ",\"events\":[{\"kv\":{\"key\":\"Zm9v\",\"create_revision\":\"2\",\"mod_revision\":\"2\","
                    + "\"version\":\"1\",\"value\":\"YmFy\"}}]}}\n");
            var _ = bed.etcd.kv.deleteRange(Requests.delete("foo").build());
            client.readUntil(
                    "{\"result\":{" + header(3)
                            + ",\"events\":[{\"type\":\"DELETE\",\"kv\":{\"key\":\"Zm9v\",\"mod_revision\":\"3\"},\"prev_kv\":{");
            assertThat(bed.hub.stats().watchers()).isEqualTo(1);
        }
        await().until(() -> bed.hub.stats().watchers() == 0);
    }

    @Test
    void requestsMayComeWhileAnswersGo() throws Exception {
        try (var client =
                bed.connect("POST /v3/watch HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\nExpect: 100-continue")) {
            client.readUntil("HTTP/1.1 100 Continue\r\n\r\n");
            client.chunk("{\"create_request\":{\"key\":\"Zm9v\"}}\n{\"create_req");
            client.readUntil("\"created\":true");
            client.chunk("uest\":{\"key\":\"YmFy\"}}");
            client.readUntil("\"watch_id\":\"1\",\"created\":true");

            bed.etcd.put("bar", "1");
            client.readUntil("\"watch_id\":\"1\",\"events\":[");
            client.chunk("{\"cancel_request\":{\"watch_id\":1}}");
            client.readUntil("\"watch_id\":\"1\",\"canceled\":true");
            client.chunk("{\"progress_request\":{}} this ends the requests");
            client.chunk("{\"cancel_request\":{}}");
            bed.etcd.put("foo", "2");
            client.readUntil("\"mod_revision\":\"3\"");
            assertThat(bed.hub.stats().watchers()).isEqualTo(1);
        }
        await().until(() -> bed.hub.stats().watchers() == 0);
    }

    @Test
    void anObservationIsAStreamOfLeaders() throws Exception {
        bed.post("/v3/election/campaign", "{\"name\":\"ZQ==\",\"value\":\"dg==\"}");
        String body = "{\"name\":\"ZQ==\"}";
        try (var client =
                bed.connect("POST /v3/election/observe HTTP/1.1\nHost: x\nContent-Length: " + body.length())) {
            client.write(body);
            client.readUntil("{\"result\":{" + header(2) + ",\"kv\":{\"key\":\"ZS8");
            assertThat(bed.etcd.keyEvents.size()).isEqualTo(1);
        }
        await().until(() -> bed.etcd.keyEvents.size() == 0);
    }

    @Test
    void aFailureBeforeTheFirstAnswerHasAStatus() throws Exception {
        bed.etcd.store.setLeader(false);
        HttpResponse<String> answer = bed.http.send(
                bed.request("/v3/election/observe", "{}")
                        .header("Grpc-Metadata-HasLeader", "true")
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("{\"error\":{\"code\":14,\"message\":\"etcdserver: no leader\"}}\n");
    }

    @Test
    void whatIsNoRequestIsAnInvalidArgumentWhereThereIsOnlyOne() throws Exception {
        HttpResponse<String> answer = bed.post("/v3/election/observe", "{\"name\":");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("{\"code\":3,\"message\":\"unexpected EOF\"}");
    }

    @Test
    void aStoppingServerEndsStreamsWithAnError() throws Exception {
        CompletableFuture<HttpResponse<String>> watch =
                bed.start("/v3/watch", "{\"create_request\":{\"key\":\"Zm9v\"}}");
        await().until(() -> bed.hub.stats().watchers() == 1);

        bed.server.stop();

        assertThat(watch.get().body())
                .contains("\"created\":true}}\n")
                .containsPattern("\\{\"error\":\\{\"code\":(14|1),\"message\":\"[a-z: ]+\"}}\n$");
    }

    @Test
    void aSlowClientHoldsBackTheService() throws Exception {
        Blobs blobs = new Blobs();
        try (GatewayBed other = new GatewayBed(List.of(blobs));
                var client = other.connect("POST /v3/maintenance/snapshot HTTP/1.1\nHost: x\nContent-Length: 2")) {
            client.write("{}");
            await().until(() -> blobs.sent.get() > 0);
            await().during(Duration.ofMillis(300)).until(() -> blobs.sent.get() < 200);
            int before = blobs.sent.get();
            for (int i = 0; i < 100; i++) {
                client.readUntil("\"remaining_bytes\":\"" + (i + 1) + "\"");
            }
            await().until(() -> blobs.sent.get() > before);
        }
        await().untilTrue(blobs.cancelled);
    }

    /** Streams blobs of 100 KB for as long as somebody takes them. */
    private static final class Blobs extends MaintenanceGrpc.MaintenanceImplBase {
        private static final ByteString BLOB = ByteString.copyFrom(new byte[100_000]);
        final AtomicInteger sent = new AtomicInteger();
        final AtomicBoolean cancelled = new AtomicBoolean();

        @Override
        public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> observer) {
            ServerCallStreamObserver<SnapshotResponse> call = (ServerCallStreamObserver<SnapshotResponse>) observer;
            call.setOnCancelHandler(() -> cancelled.set(true));
            call.setOnReadyHandler(() -> {
                while (call.isReady() && sent.get() < 10_000) {
                    call.onNext(SnapshotResponse.newBuilder()
                            .setBlob(BLOB)
                            .setRemainingBytes(sent.incrementAndGet())
                            .build());
                }
            });
        }
    }
}
