package io.netsy.node.wiring;

import java.util.List;
import java.util.Set;

/**
 * The metrics that dashboards and alerts for etcd read (etcd semantics, section 18), with the types and labels that a
 * real etcd 3.6.14 prints; some of its gauges are called totals and some of its counters are not.
 *
 * <p>Left out are those of a cluster's peers, which etcd does not print either while it is alone,
 * {@code grpc_server_handling_seconds}, which it prints in extensive mode only, and the version of Go.
 */
final class EtcdNames {
    /** A metric of etcd. */
    record Name(String type, String name, Set<String> labels) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final Set<String> RPC = Set.of("grpc_method", "grpc_service", "grpc_type");

    static final List<Name> ALL = List.of(
            gauge("etcd_server_has_leader"),
            gauge("etcd_server_is_leader"),
            gauge("etcd_server_is_learner"),
            counter("etcd_server_leader_changes_seen_total"),
            counter("etcd_server_heartbeat_send_failures_total"),
            gauge("etcd_server_snapshot_apply_in_progress_total"),
            gauge("etcd_server_proposals_committed_total"),
            gauge("etcd_server_proposals_applied_total"),
            gauge("etcd_server_proposals_pending"),
            counter("etcd_server_proposals_failed_total"),
            gauge("etcd_server_quota_backend_bytes"),
            gauge("etcd_server_version", "server_version"),
            gauge("etcd_server_id", "server_id"),
            gauge("etcd_cluster_version", "cluster_version"),
            counter("etcd_server_health_success"),
            counter("etcd_server_health_failures"),
            gauge("etcd_server_healthcheck", "type", "name"),
            counter("etcd_server_healthchecks_total", "type", "name", "status"),
            counter("etcd_server_slow_apply_total"),
            counter("etcd_server_slow_read_indexes_total"),
            counter("etcd_server_read_indexes_failed_total"),
            histogram("etcd_server_apply_duration_seconds", "version", "op", "success"),
            histogram("etcd_server_range_duration_seconds", "success"),
            counter("etcd_server_client_requests_total", "type", "client_api_version"),
            gauge("etcd_mvcc_db_total_size_in_bytes"),
            gauge("etcd_mvcc_db_total_size_in_use_in_bytes"),
            gauge("etcd_mvcc_db_open_read_transactions"),
            counter("etcd_mvcc_range_total"),
            counter("etcd_mvcc_put_total"),
            counter("etcd_mvcc_delete_total"),
            counter("etcd_mvcc_txn_total"),
            histogram("etcd_disk_wal_fsync_duration_seconds"),
            gauge("etcd_disk_wal_write_bytes_total"),
            histogram("etcd_disk_backend_commit_duration_seconds"),
            histogram("etcd_disk_backend_defrag_duration_seconds"),
            gauge("etcd_disk_defrag_inflight"),
            histogram("etcd_disk_backend_snapshot_duration_seconds"),
            counter("etcd_network_client_grpc_sent_bytes_total"),
            counter("etcd_network_client_grpc_received_bytes_total"),
            gauge("etcd_debugging_mvcc_keys_total"),
            gauge("etcd_debugging_mvcc_watcher_total"),
            gauge("etcd_debugging_mvcc_slow_watcher_total"),
            gauge("etcd_debugging_mvcc_watch_stream_total"),
            gauge("etcd_debugging_mvcc_pending_events_total"),
            counter("etcd_debugging_mvcc_events_total"),
            gauge("etcd_debugging_mvcc_current_revision"),
            gauge("etcd_debugging_mvcc_compact_revision"),
            gauge("etcd_debugging_mvcc_total_put_size_in_bytes"),
            counter("etcd_debugging_mvcc_db_compaction_keys_total"),
            gauge("etcd_debugging_mvcc_db_compaction_last"),
            histogram("etcd_debugging_mvcc_db_compaction_total_duration_milliseconds"),
            counter("etcd_debugging_lease_granted_total"),
            counter("etcd_debugging_lease_revoked_total"),
            counter("etcd_debugging_lease_renewed_total"),
            counter("etcd_debugging_server_lease_expired_total"),
            gauge("etcd_debugging_auth_revision"),
            new Name("counter", "grpc_server_started_total", RPC),
            counter("grpc_server_handled_total", "grpc_method", "grpc_service", "grpc_type", "grpc_code"),
            new Name("counter", "grpc_server_msg_received_total", RPC),
            new Name("counter", "grpc_server_msg_sent_total", RPC),
            counter("process_cpu_seconds_total"),
            gauge("process_resident_memory_bytes"),
            gauge("process_virtual_memory_bytes"),
            gauge("process_open_fds"),
            gauge("process_max_fds"),
            gauge("process_start_time_seconds"),
            gauge("os_fd_used"),
            gauge("os_fd_limit"));

    private EtcdNames() {}

    private static Name gauge(String name, String... labels) {
        return new Name("gauge", name, Set.of(labels));
    }

    private static Name counter(String name, String... labels) {
        return new Name("counter", name, Set.of(labels));
    }

    private static Name histogram(String name, String... labels) {
        return new Name("histogram", name, Set.of(labels));
    }
}
