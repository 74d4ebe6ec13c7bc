package io.netsy.etcd.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.netsy.etcd.proto.election.ElectionGrpc;
import io.netsy.etcd.proto.lock.LockGrpc;
import io.netsy.etcd.proto.rpc.AuthGrpc;
import io.netsy.etcd.proto.rpc.ClusterGrpc;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ForwardedMethodsTest {
    static Stream<MethodDescriptor<?, ?>> all() {
        return Stream.of(
                        KVGrpc.getServiceDescriptor(),
                        WatchGrpc.getServiceDescriptor(),
                        LeaseGrpc.getServiceDescriptor(),
                        ClusterGrpc.getServiceDescriptor(),
                        MaintenanceGrpc.getServiceDescriptor(),
                        AuthGrpc.getServiceDescriptor(),
                        LockGrpc.getServiceDescriptor(),
                        ElectionGrpc.getServiceDescriptor())
                .map(ServiceDescriptor::getMethods)
                .flatMap(methods -> methods.stream());
    }

    private static List<String> of(ForwardedMethods handling) {
        return all().filter(method -> ForwardedMethods.of(method) == handling)
                .map(method -> String.valueOf(method.getBareMethodName()))
                .toList();
    }

    @Test
    void whatAnyNodeAnswersStays() {
        assertThat(of(ForwardedMethods.LOCAL))
                .containsExactlyInAnyOrder(
                        "MemberList", "MoveLeader", "Status", "Defragment", "Hash", "HashKV", "Snapshot");
        assertThat(of(ForwardedMethods.READ)).containsExactlyInAnyOrder("Range", "RangeStream", "Watch");
        assertThat(of(ForwardedMethods.TRANSACTION)).containsExactly("Txn");
        assertThat(of(ForwardedMethods.PRIMARY)).hasSize(38);
    }

    @Test
    void streamsAndLocksMayWait() {
        assertThat(all().filter(ForwardedMethods::mayWait).map(MethodDescriptor::getBareMethodName))
                .contains("LeaseKeepAlive", "Observe", "Lock", "Campaign")
                .doesNotContain("Put", "Txn", "Compact", "LeaseGrant", "AuthEnable", "Alarm");
    }
}
