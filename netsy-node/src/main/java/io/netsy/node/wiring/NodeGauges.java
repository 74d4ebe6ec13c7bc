package io.netsy.node.wiring;

import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.StateSource;
import io.netsy.node.metrics.NodeMetrics;
import io.netsy.node.replica.Replica;
import io.netsy.replication.model.KeyRange;

/** What dashboards for etcd look at, read from the node's parts when somebody asks (etcd semantics, section 18). */
final class NodeGauges {
    private NodeGauges() {}

    static void bind(NodeMetrics metrics, Node node) {
        bindServer(metrics, node.states(), node.cluster());
        bindStore(metrics, node.states(), node.replica());
        metrics.label(
                "etcd_server_version", "Which version is running.", "server_version", NodeServices.VERSION.toString());
    }

    private static void bindServer(NodeMetrics metrics, StateSource states, ClusterView cluster) {
        metrics.gauge("etcd_server_has_leader", "1 when there is a primary.", states, s -> s.hasLeader() ? 1 : 0);
        metrics.gauge(
                "etcd_server_is_leader",
                "1 when this node is the primary.",
                cluster,
                c -> c.leaderId() == c.memberId() ? 1 : 0);
        metrics.gauge(
                "netsy_term",
                "The term this node serves or last served under.",
                states,
                s -> s.committed().term());
        metrics.total(
                "etcd_server_proposals_committed",
                "The index of the log up to which all is committed.",
                states,
                s -> s.committed().index());
        metrics.label("etcd_server_id", "The member's id.", "server_id", Long.toHexString(cluster.memberId()));
    }

    private static void bindStore(NodeMetrics metrics, StateSource states, Replica replica) {
        metrics.total(
                "etcd_server_proposals_applied",
                "The index up to which the replica has applied.",
                replica,
                r -> r.applied().index());
        metrics.gauge("etcd_server_quota_backend_bytes", "The quota of the replica.", replica, Replica::quotaBytes);
        metrics.gauge("etcd_mvcc_db_total_size_in_bytes", "The size of the replica.", replica, Replica::sizeBytes);
        metrics.gauge(
                "etcd_mvcc_db_total_size_in_use_in_bytes",
                "What of the replica holds data.",
                replica,
                Replica::sizeInUseBytes);
        metrics.gauge(
                "etcd_debugging_mvcc_current_revision",
                "The current revision.",
                states,
                s -> s.committed().state().revision());
        metrics.gauge(
                "etcd_debugging_mvcc_compact_revision",
                "The newest compaction.",
                states,
                s -> s.committed().state().compactRevision());
        metrics.gauge(
                "etcd_debugging_mvcc_keys_total",
                "Keys that exist.",
                states,
                s -> s.committed().state().countLive(KeyRange.ALL));
        metrics.gauge(
                "netsy_leases",
                "Leases that stand.",
                states,
                s -> s.committed().state().leases().size());
        metrics.gauge(
                "netsy_replica_backlog_bytes",
                "Committed entries that wait for the replica.",
                replica,
                Replica::backlogBytes);
    }
}
