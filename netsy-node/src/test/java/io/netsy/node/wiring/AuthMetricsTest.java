package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.netsy.etcd.proto.auth.Permission;
import io.netsy.etcd.proto.rpc.AuthDisableRequest;
import io.netsy.etcd.proto.rpc.AuthEnableRequest;
import io.netsy.etcd.proto.rpc.AuthGrpc.AuthBlockingStub;
import io.netsy.etcd.proto.rpc.AuthRoleAddRequest;
import io.netsy.etcd.proto.rpc.AuthRoleDeleteRequest;
import io.netsy.etcd.proto.rpc.AuthRoleGrantPermissionRequest;
import io.netsy.etcd.proto.rpc.AuthRoleRevokePermissionRequest;
import io.netsy.etcd.proto.rpc.AuthUserAddRequest;
import io.netsy.etcd.proto.rpc.AuthUserChangePasswordRequest;
import io.netsy.etcd.proto.rpc.AuthUserDeleteRequest;
import io.netsy.etcd.proto.rpc.AuthUserGrantRoleRequest;
import io.netsy.etcd.proto.rpc.AuthUserRevokeRoleRequest;
import io.netsy.etcd.proto.rpc.AuthenticateRequest;
import io.netsy.etcd.proto.rpc.SnapshotRequest;
import io.netsy.etcd.proto.rpc.SnapshotResponse;
import io.netsy.node.metrics.Exposition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of users and roles, and snapshots for clients, as dashboards see them. */
class AuthMetricsTest {
    private static final String APPLIED = "etcd_server_apply_duration_seconds_count";
    private static final String REVISION = "etcd_debugging_auth_revision";
    private static final String SNAPSHOTS = "etcd_disk_backend_snapshot_duration_seconds_count";

    @TempDir
    Path folder;

    private ScrapedNode node;

    @BeforeEach
    void start() throws Exception {
        node = ScrapedNode.start(folder, "n1", Map.of("auth.bcryptCost", "4"));
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void changeUsers() {
        AuthBlockingStub auth = node.auth;
        for (String name : List.of("root", "alice")) {
            var _ = auth.userAdd(AuthUserAddRequest.newBuilder()
                    .setName(name)
                    .setPassword("pw")
                    .build());
            var _ = auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
            var _ = auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                    .setUser(name)
                    .setRole(name)
                    .build());
        }
        var _ = auth.userChangePassword(AuthUserChangePasswordRequest.newBuilder()
                .setName("alice")
                .setPassword("other")
                .build());
        ByteString key = ByteString.copyFromUtf8("k");
        var _ = auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                .setName("alice")
                .setPerm(Permission.newBuilder().setKey(key))
                .build());
        var _ = auth.roleRevokePermission(AuthRoleRevokePermissionRequest.newBuilder()
                .setRole("alice")
                .setKey(key)
                .build());
        var _ = auth.userRevokeRole(AuthUserRevokeRoleRequest.newBuilder()
                .setName("alice")
                .setRole("alice")
                .build());
        var _ = auth.userDelete(
                AuthUserDeleteRequest.newBuilder().setName("alice").build());
        var _ = auth.roleDelete(
                AuthRoleDeleteRequest.newBuilder().setRole("alice").build());
    }

    private void switchOnAndOff() {
        var _ = node.auth.authEnable(AuthEnableRequest.getDefaultInstance());
        String token = node.auth
                .authenticate(AuthenticateRequest.newBuilder()
                        .setName("root")
                        .setPassword("pw")
                        .build())
                .getToken();
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token);
        var _ = node.auth
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .authDisable(AuthDisableRequest.getDefaultInstance());
    }

    /** By the names that real etcd 3.6.14 shows. */
    @Test
    void everyChangeIsCountedUnderItsName() throws Exception {
        changeUsers();
        switchOnAndOff();

        Exposition page = node.scrape();
        Map.of("AuthUserAdd", 2, "AuthRoleAdd", 2, "AuthUserGrantRole", 2)
                .forEach((operation, times) ->
                        assertThat(applied(page, operation)).isEqualTo((double) times));
        for (String operation : List.of(
                "AuthUserChangePassword",
                "AuthRoleGrantPermission",
                "AuthRoleRevokePermission",
                "AuthUserRevokeRole",
                "AuthUserDelete",
                "AuthRoleDelete",
                "AuthEnable",
                "AuthDisable")) {
            assertThat(applied(page, operation)).as(operation).isEqualTo(1);
        }
        assertThat(node.text("/metrics")).doesNotContain("op=\"unknown\"");
    }

    private static double applied(Exposition page, String operation) {
        return page.value(APPLIED, "op", operation, "success", "true", "version", "v3");
    }

    @Test
    void theRevisionOfUsersAndRolesMoves() throws Exception {
        assertThat(node.value(REVISION)).isEqualTo(1);
        changeUsers();
        assertThat(node.value(REVISION)).isEqualTo(13);
        switchOnAndOff();
        assertThat(node.value(REVISION)).isEqualTo(14);
    }

    @Test
    void snapshotsForClientsAreTimed() throws Exception {
        node.put("k", "v");
        assertThat(node.value(SNAPSHOTS)).isZero();

        Iterator<SnapshotResponse> parts = node.maintenance.snapshot(SnapshotRequest.getDefaultInstance());
        parts.forEachRemaining(part -> assertThat(part.getBlob()).isNotEmpty());

        // The client has the last part before the thread that sent it looks at the clock.
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> node.value(SNAPSHOTS) == 1);
        assertThat(node.value("netsy_snapshots_total")).isZero();
    }
}
