package io.netsy.etcd;

import static io.netsy.etcd.testkit.Requests.bytes;
import static io.netsy.etcd.testkit.Requests.delete;
import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.Requests.range;
import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static io.netsy.etcd.testkit.TestEtcd.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.rpc.AlarmRequest;
import io.netsy.etcd.proto.rpc.AlarmType;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.testkit.TestNode;
import io.netsy.etcd.testkit.WireEtcd;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The cases of section 21 of the etcd semantics that span gRPC, its limits and HTTP, over a socket, by their numbers. */
class Section21WireTest {
    private static final int REQUEST_LIMIT = 1_572_864;

    private final HttpClient http = HttpClient.newHttpClient();
    private WireEtcd etcd;
    private KVGrpc.KVBlockingStub kv;
    private MaintenanceGrpc.MaintenanceBlockingStub maintenance;

    @BeforeEach
    void open() throws Exception {
        etcd = new WireEtcd();
        ManagedChannel channel = etcd.connect();
        kv = KVGrpc.newBlockingStub(channel);
        maintenance = MaintenanceGrpc.newBlockingStub(channel);
    }

    @AfterEach
    void close() {
        http.close();
        etcd.close();
    }

    private static PutRequest putOf(int valueBytes) {
        return PutRequest.newBuilder()
                .setKey(bytes("a"))
                .setValue(ByteString.copyFrom(new byte[valueBytes]))
                .build();
    }

    private void assertHttp(String path, int status, String body) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + etcd.server.clientAddress().getPort() + path);
        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(path).isEqualTo(status);
        assertThat(answer.body().strip()).as(path).isEqualTo(body);
    }

    private void alarm(AlarmRequest.AlarmAction action, AlarmType type) {
        var _ = maintenance.alarm(AlarmRequest.newBuilder()
                .setAction(action)
                .setMemberID(TestNode.MEMBER_ID)
                .setAlarm(type)
                .build());
    }

    @Test
    void case42_sizesOfRequestsAndOfMessages() {
        assertFails(EtcdError.REQUEST_TOO_LARGE, () -> kv.put(putOf(REQUEST_LIMIT + 100)));
        assertThat(kv.put(putOf(REQUEST_LIMIT - 60)).getHeader().getRevision()).isEqualTo(2);
        assertThat(kv.range(range("a").build()).getKvs(0).getValue().size()).isEqualTo(REQUEST_LIMIT - 60);

        Status tooLarge = statusOf(() -> kv.put(putOf(2_200_000)));
        assertThat(tooLarge.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(tooLarge.getDescription())
                .isEqualTo("grpc: received message larger than max (%d vs. 2097152)"
                        .formatted(putOf(2_200_000).getSerializedSize()));
        assertThat(kv.range(range("b").build()).getHeader().getRevision()).isEqualTo(2);
    }

    @Test
    void case67_noSpaceIsSeenByWritesAndByHealth() throws Exception {
        var _ = kv.put(put("a", "1").build());
        alarm(AlarmRequest.AlarmAction.ACTIVATE, AlarmType.NOSPACE);

        assertFails(EtcdError.NO_SPACE, () -> kv.put(put("a", "2").build()));
        assertThat(kv.deleteRange(delete("a").build()).getDeleted()).isEqualTo(1);
        assertHttp("/health", 503, "{\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}");
        assertHttp("/health?exclude=NOSPACE", 200, "{\"health\":\"true\",\"reason\":\"\"}");
        assertHttp("/readyz", 200, "ok");

        alarm(AlarmRequest.AlarmAction.DEACTIVATE, AlarmType.NOSPACE);
        assertThat(kv.put(put("a", "3").build()).getHeader().getRevision()).isEqualTo(4);
        assertHttp("/health", 200, "{\"health\":\"true\",\"reason\":\"\"}");
    }

    @Test
    void case68_corruptStopsWritesAndReadiness() throws Exception {
        var _ = kv.put(put("a", "1").build());
        alarm(AlarmRequest.AlarmAction.ACTIVATE, AlarmType.CORRUPT);

        assertFails(EtcdError.CORRUPT, () -> kv.put(put("a", "2").build()));
        assertThat(statusOf(() -> kv.put(put("a", "2").build())).getCode()).isEqualTo(Status.Code.DATA_LOSS);
        assertThat(kv.range(range("a").build()).getCount()).isEqualTo(1);
        assertHttp("/readyz", 503, """
                [-]data_corruption failed: alarm activated: CORRUPT
                [+]serializable_read ok
                [+]linearizable_read ok
                [+]non_learner ok""");
        assertHttp("/livez", 200, "ok");
    }
}
