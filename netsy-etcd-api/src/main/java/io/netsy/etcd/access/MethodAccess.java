package io.netsy.etcd.access;

import io.grpc.MethodDescriptor;
import io.netsy.etcd.proto.election.ElectionGrpc;
import io.netsy.etcd.proto.lock.LockGrpc;
import io.netsy.etcd.proto.rpc.AuthGrpc;
import io.netsy.etcd.proto.rpc.ClusterGrpc;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who judges whether a method may be called. A method that nobody has put into a class is for root alone. */
public enum MethodAccess {
    /** Its handler, at the point of the request where etcd does. */
    HANDLER,
    /** The handlers of KV and Lease, which its own handler calls on behalf of its caller, perhaps much later. */
    INNER_CALLS,
    /** The interceptor: only users of the role root get as far as the handler. */
    ROOT;

    /** Authenticate is among them: it needs no credentials. */
    private static final Map<String, MethodAccess> CLASSES = Stream.of(
                    handled(KVGrpc.SERVICE_NAME, "Range", "RangeStream", "Put", "DeleteRange", "Txn", "Compact"),
                    handled(WatchGrpc.SERVICE_NAME, "Watch"),
                    handled(
                            LeaseGrpc.SERVICE_NAME,
                            "LeaseGrant",
                            "LeaseRevoke",
                            "LeaseKeepAlive",
                            "LeaseTimeToLive",
                            "LeaseLeases"),
                    handled(
                            ClusterGrpc.SERVICE_NAME,
                            "MemberAdd",
                            "MemberRemove",
                            "MemberUpdate",
                            "MemberList",
                            "MemberPromote"),
                    handled(
                            MaintenanceGrpc.SERVICE_NAME,
                            "Alarm",
                            "Status",
                            "Defragment",
                            "Hash",
                            "HashKV",
                            "MoveLeader",
                            "Downgrade"),
                    handled(AuthGrpc.SERVICE_NAME, "AuthEnable", "AuthDisable", "AuthStatus", "Authenticate"),
                    handled(
                            AuthGrpc.SERVICE_NAME,
                            "UserAdd",
                            "UserGet",
                            "UserList",
                            "UserDelete",
                            "UserChangePassword",
                            "UserGrantRole",
                            "UserRevokeRole"),
                    handled(
                            AuthGrpc.SERVICE_NAME,
                            "RoleAdd",
                            "RoleGet",
                            "RoleList",
                            "RoleDelete",
                            "RoleGrantPermission",
                            "RoleRevokePermission"),
                    classified(INNER_CALLS, LockGrpc.SERVICE_NAME, "Lock", "Unlock"),
                    classified(
                            INNER_CALLS,
                            ElectionGrpc.SERVICE_NAME,
                            "Campaign",
                            "Proclaim",
                            "Leader",
                            "Observe",
                            "Resign"),
                    classified(ROOT, MaintenanceGrpc.SERVICE_NAME, "Snapshot"))
            .flatMap(entries -> entries)
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    private static Stream<Map.Entry<String, MethodAccess>> handled(String service, String... methods) {
        return classified(HANDLER, service, methods);
    }

    private static Stream<Map.Entry<String, MethodAccess>> classified(
            MethodAccess access, String service, String... methods) {
        return Arrays.stream(methods)
                .map(method -> Map.entry(MethodDescriptor.generateFullMethodName(service, method), access));
    }

    /** The class of a method by its full name, {@code package.Service/Method}. */
    public static MethodAccess of(String fullMethodName) {
        return CLASSES.getOrDefault(fullMethodName, ROOT);
    }
}
