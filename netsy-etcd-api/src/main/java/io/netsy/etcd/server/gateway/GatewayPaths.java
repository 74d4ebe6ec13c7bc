package io.netsy.etcd.server.gateway;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.netsy.etcd.proto.election.ElectionGrpc;
import io.netsy.etcd.proto.lock.LockGrpc;
import io.netsy.etcd.proto.rpc.AuthGrpc;
import io.netsy.etcd.proto.rpc.ClusterGrpc;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which method stands behind which path (etcd semantics, section 18). RangeStream has none, in etcd too. */
final class GatewayPaths {
    private final Map<String, GatewayMethod<?, ?>> methods = new HashMap<>();

    GatewayPaths() {
        addKv();
        addLease();
        addCluster();
        addMaintenance();
        addAuth();
        addLockAndElection();
    }

    @Nullable
    GatewayMethod<?, ?> find(String path) {
        return methods.get(path);
    }

    private void addKv() {
        add("kv/range", KVGrpc.getRangeMethod());
        add("kv/put", KVGrpc.getPutMethod());
        add("kv/deleterange", KVGrpc.getDeleteRangeMethod());
        add("kv/txn", KVGrpc.getTxnMethod());
        add("kv/compaction", KVGrpc.getCompactMethod());
        add("watch", WatchGrpc.getWatchMethod());
    }

    private void addLease() {
        add("lease/grant", LeaseGrpc.getLeaseGrantMethod());
        add("lease/revoke", LeaseGrpc.getLeaseRevokeMethod());
        add("kv/lease/revoke", LeaseGrpc.getLeaseRevokeMethod());
        add("lease/keepalive", LeaseGrpc.getLeaseKeepAliveMethod());
        add("lease/timetolive", LeaseGrpc.getLeaseTimeToLiveMethod());
        add("kv/lease/timetolive", LeaseGrpc.getLeaseTimeToLiveMethod());
        add("lease/leases", LeaseGrpc.getLeaseLeasesMethod());
        add("kv/lease/leases", LeaseGrpc.getLeaseLeasesMethod());
    }

    private void addCluster() {
        add("cluster/member/add", ClusterGrpc.getMemberAddMethod());
        add("cluster/member/remove", ClusterGrpc.getMemberRemoveMethod());
        add("cluster/member/update", ClusterGrpc.getMemberUpdateMethod());
        add("cluster/member/list", ClusterGrpc.getMemberListMethod());
        add("cluster/member/promote", ClusterGrpc.getMemberPromoteMethod());
    }

    private void addMaintenance() {
        add("maintenance/alarm", MaintenanceGrpc.getAlarmMethod());
        add("maintenance/status", MaintenanceGrpc.getStatusMethod());
        add("maintenance/defragment", MaintenanceGrpc.getDefragmentMethod());
        add("maintenance/hash", MaintenanceGrpc.getHashMethod());
        add("maintenance/hashkv", MaintenanceGrpc.getHashKVMethod());
        add("maintenance/snapshot", MaintenanceGrpc.getSnapshotMethod());
        add("maintenance/transfer-leadership", MaintenanceGrpc.getMoveLeaderMethod());
        add("maintenance/downgrade", MaintenanceGrpc.getDowngradeMethod());
    }

    private void addAuth() {
        add("auth/enable", AuthGrpc.getAuthEnableMethod());
        add("auth/disable", AuthGrpc.getAuthDisableMethod());
        add("auth/status", AuthGrpc.getAuthStatusMethod());
        add("auth/authenticate", AuthGrpc.getAuthenticateMethod());
        add("auth/user/add", AuthGrpc.getUserAddMethod());
        add("auth/user/get", AuthGrpc.getUserGetMethod());
        add("auth/user/list", AuthGrpc.getUserListMethod());
        add("auth/user/delete", AuthGrpc.getUserDeleteMethod());
        add("auth/user/changepw", AuthGrpc.getUserChangePasswordMethod());
        add("auth/user/grant", AuthGrpc.getUserGrantRoleMethod());
        add("auth/user/revoke", AuthGrpc.getUserRevokeRoleMethod());
        add("auth/role/add", AuthGrpc.getRoleAddMethod());
        add("auth/role/get", AuthGrpc.getRoleGetMethod());
        add("auth/role/list", AuthGrpc.getRoleListMethod());
        add("auth/role/delete", AuthGrpc.getRoleDeleteMethod());
        add("auth/role/grant", AuthGrpc.getRoleGrantPermissionMethod());
        add("auth/role/revoke", AuthGrpc.getRoleRevokePermissionMethod());
    }

    private void addLockAndElection() {
        add("lock/lock", LockGrpc.getLockMethod());
        add("lock/unlock", LockGrpc.getUnlockMethod());
        add("election/campaign", ElectionGrpc.getCampaignMethod());
        add("election/proclaim", ElectionGrpc.getProclaimMethod());
        add("election/leader", ElectionGrpc.getLeaderMethod());
        add("election/observe", ElectionGrpc.getObserveMethod());
        add("election/resign", ElectionGrpc.getResignMethod());
    }

    private <Q extends Message, R extends Message> void add(String path, MethodDescriptor<Q, R> method) {
        methods.put(JsonGateway.PREFIX + path, GatewayMethod.of(method));
    }
}
