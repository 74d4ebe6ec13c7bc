package io.netsy.etcd.forward;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServiceDescriptor;
import io.netsy.etcd.access.MethodAccess;
import io.netsy.etcd.proto.election.ElectionGrpc;
import io.netsy.etcd.proto.lock.LockGrpc;
import io.netsy.etcd.proto.rpc.AuthGrpc;
import io.netsy.etcd.proto.rpc.ClusterGrpc;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which methods only the primary can carry out. */
enum ForwardedMethods {
    /** Any node answers. */
    LOCAL,
    /** Any node answers that can judge who asks. */
    READ,
    /** The primary alone. */
    PRIMARY,
    /** A transaction: the primary alone if it goes into the log. */
    TRANSACTION;

    private static final Map<String, ForwardedMethods> CLASSES = Stream.of(
                    Stream.of(Map.entry(KVGrpc.getTxnMethod().getFullMethodName(), TRANSACTION)),
                    Stream.of(KVGrpc.getRangeMethod(), KVGrpc.getRangeStreamMethod(), WatchGrpc.getWatchMethod())
                            .map(method -> Map.entry(method.getFullMethodName(), READ)),
                    primary(KVGrpc.getPutMethod(), KVGrpc.getDeleteRangeMethod(), KVGrpc.getCompactMethod()),
                    primary(
                            ClusterGrpc.getMemberAddMethod(),
                            ClusterGrpc.getMemberRemoveMethod(),
                            ClusterGrpc.getMemberUpdateMethod(),
                            ClusterGrpc.getMemberPromoteMethod()),
                    primary(MaintenanceGrpc.getAlarmMethod(), MaintenanceGrpc.getDowngradeMethod()),
                    primary(LeaseGrpc.getServiceDescriptor()),
                    primary(AuthGrpc.getServiceDescriptor()),
                    primary(LockGrpc.getServiceDescriptor()),
                    primary(ElectionGrpc.getServiceDescriptor()))
            .flatMap(entries -> entries)
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    private static Stream<Map.Entry<String, ForwardedMethods>> primary(MethodDescriptor<?, ?>... methods) {
        return Stream.of(methods).map(method -> Map.entry(method.getFullMethodName(), PRIMARY));
    }

    private static Stream<Map.Entry<String, ForwardedMethods>> primary(ServiceDescriptor service) {
        return primary(service.getMethods().toArray(MethodDescriptor<?, ?>[]::new));
    }

    static ForwardedMethods of(MethodDescriptor<?, ?> method) {
        return CLASSES.getOrDefault(method.getFullMethodName(), LOCAL);
    }

    /** Whether its calls may go on for as long as a primary lives, waiting for what others do. */
    static boolean mayWait(MethodDescriptor<?, ?> method) {
        return method.getType() != MethodType.UNARY
                || MethodAccess.of(method.getFullMethodName()) == MethodAccess.INNER_CALLS;
    }
}
