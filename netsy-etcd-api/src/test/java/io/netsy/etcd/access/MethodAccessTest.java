package io.netsy.etcd.access;

import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.MetadataUtils;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.election.ElectionGrpc;
import io.netsy.etcd.proto.lock.LockGrpc;
import io.netsy.etcd.proto.rpc.AuthGrpc;
import io.netsy.etcd.proto.rpc.ClusterGrpc;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import io.netsy.etcd.state.AuthState;
import io.netsy.etcd.testkit.InProcessServer;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every method has its class here; a new one is for root until somebody decides, and adds a line. */
class MethodAccessTest {
    private static final String HANDLER = "HANDLER";

    private static final Map<String, String> EXPECTED = Map.ofEntries(
            Map.entry("etcdserverpb.KV", HANDLER),
            Map.entry("etcdserverpb.Watch", HANDLER),
            Map.entry("etcdserverpb.Lease", HANDLER),
            Map.entry("etcdserverpb.Cluster", HANDLER),
            Map.entry("etcdserverpb.Auth", HANDLER),
            Map.entry("etcdserverpb.Maintenance", HANDLER),
            Map.entry("etcdserverpb.Maintenance/Snapshot", "ROOT"),
            Map.entry("v3lockpb.Lock", "INNER_CALLS"),
            Map.entry("v3electionpb.Election", "INNER_CALLS"));

    @Test
    void everyMethodOfEveryServiceHasItsClass() {
        Map<String, String> found = new TreeMap<>();
        Stream.of(
                        KVGrpc.getServiceDescriptor(),
                        WatchGrpc.getServiceDescriptor(),
                        LeaseGrpc.getServiceDescriptor(),
                        ClusterGrpc.getServiceDescriptor(),
                        MaintenanceGrpc.getServiceDescriptor(),
                        AuthGrpc.getServiceDescriptor(),
                        LockGrpc.getServiceDescriptor(),
                        ElectionGrpc.getServiceDescriptor())
                .map(ServiceDescriptor::getMethods)
                .flatMap(methods -> methods.stream())
                .map(MethodDescriptor::getFullMethodName)
                .forEach(name -> found.put(name, MethodAccess.of(name).name()));

        assertThat(found).hasSize(49);
        found.forEach((name, access) -> assertThat(access)
                .as(name)
                .isEqualTo(EXPECTED.getOrDefault(name, EXPECTED.get(name.substring(0, name.indexOf('/'))))));
    }

    @Test
    void aMethodThatNobodyClassifiedIsForRootAlone() {
        assertThat(MethodAccess.of("v3lockpb.Lock/Steal")).isEqualTo(MethodAccess.ROOT);
        AuthUser root = new AuthUser(AuthUser.ROOT, Bytes.EMPTY, true, List.of(AuthRole.ROOT));
        AuthUser alice = new AuthUser(Bytes.utf8("alice"), Bytes.EMPTY, true, List.of());
        AuthState on = AuthState.of(true, 3, List.of(root, alice), List.of());
        AuthGuard guard = new AuthGuard(() -> on, (token, auth) -> new Caller(Bytes.utf8(token), auth.revision()));
        HealthStatusManager health = new HealthStatusManager();
        try (InProcessServer server =
                new InProcessServer(new AccessInterceptor(guard, false), health.getHealthService())) {
            assertFails(EtcdError.USER_EMPTY, () -> check(server, null));
            assertFails(EtcdError.PERMISSION_DENIED, () -> check(server, "alice"));
            assertFails(EtcdError.USER_NOT_FOUND, () -> check(server, "bob"));
            check(server, "root");
        }
    }

    private static void check(InProcessServer server, @Nullable String token) {
        HealthGrpc.HealthBlockingStub stub = HealthGrpc.newBlockingStub(server.channel());
        if (token != null) {
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token);
            stub = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        }
        assertThat(stub.check(HealthCheckRequest.getDefaultInstance())).isNotNull();
    }
}
