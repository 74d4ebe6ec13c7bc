package io.netsy.node.wiring;

import io.netsy.etcd.kv.KvMeters;
import io.netsy.etcd.kv.KvStats;
import io.netsy.etcd.lease.LeaseStats;
import io.netsy.etcd.meter.Histogram;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.Operation;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.server.metrics.MetricType;
import io.netsy.etcd.server.metrics.PrometheusText;
import io.netsy.etcd.state.StoreState;
import io.netsy.etcd.watch.WatchHub;
import io.netsy.etcd.watch.WatchStats;
import io.netsy.node.primary.PrimaryMeters;
import io.netsy.node.replica.Replica;
import io.netsy.node.replica.ReplicaMeters;
import io.netsy.replication.model.KeyRange;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What dashboards and alerts for etcd look at, read from the node's parts when somebody asks (etcd semantics, section 18).
 *
 * <p>Names, types and labels are etcd's, oddities included: some gauges are called totals. design/METRICS.md says what
 * each one means here; a test compares the two. Reading takes time that does not grow with what is stored. Safe for any
 * thread.
 */
final class EtcdMetrics {
    private final Sources from;

    /** Where the figures come from. */
    record Sources(
            StateSource states,
            ClusterView cluster,
            Replica replica,
            KvMeters kv,
            Supplier<LeaseStats> leases,
            WatchHub watches,
            PrimaryMeters primary,
            HousekeepingMeters housekeeping,
            LongSupplier loggedBytes) {}

    EtcdMetrics(Sources from) {
        this.from = from;
    }

    /** Writes everything. */
    void write(PrometheusText text) {
        writeIdentity(text);
        writeLeadership(text);
        writeProposals(text);
        writeReads(text);
        writeStore(text);
        writeOperations(text);
        writeSizes(text);
        writeCompaction(text);
        writeWatches(text);
        writeLeases(text);
        writeDisk(text);
    }

    private void writeIdentity(PrometheusText text) {
        text.label(
                        "etcd_server_version",
                        "The release of etcd that this node answers like.",
                        "server_version",
                        NodeServices.VERSION.toString())
                .label(
                        "etcd_cluster_version",
                        "The minor release of etcd that the cluster answers like.",
                        "cluster_version",
                        NodeServices.VERSION.cluster())
                .label(
                        "etcd_server_id",
                        "The member's id in hexadecimal.",
                        "server_id",
                        Long.toHexString(from.cluster.memberId()));
    }

    private void writeLeadership(PrometheusText text) {
        ClusterView cluster = from.cluster;
        boolean learner =
                cluster.members().stream().anyMatch(member -> member.id() == cluster.memberId() && member.learner());
        text.gauge("etcd_server_has_leader", "1 when there is a primary.", from.states.hasLeader() ? 1 : 0)
                .gauge(
                        "etcd_server_is_leader",
                        "1 when this node is the primary.",
                        cluster.leaderId() == cluster.memberId() ? 1 : 0)
                .gauge("etcd_server_is_learner", "1 when this node has no vote.", learner ? 1 : 0)
                .counter(
                        "etcd_server_leader_changes_seen_total",
                        "Primaries that this node saw begin to serve.",
                        from.primary.termsServed())
                .counter(
                        "etcd_server_heartbeat_send_failures_total",
                        "Looks at the term register, which prove that this node is still primary, that failed.",
                        from.primary.failedLooks())
                .gauge(
                        "etcd_server_snapshot_apply_in_progress_total",
                        "1 while a snapshot is loaded; a node on its own loads one before it serves anything.",
                        0);
    }

    private void writeProposals(PrometheusText text) {
        PrimaryMeters primary = from.primary;
        text.gauge(
                        "etcd_server_proposals_committed_total",
                        "The index of the log up to which all is committed.",
                        from.states.committed().index())
                .gauge(
                        "etcd_server_proposals_applied_total",
                        "The index of the log up to which the replica has applied.",
                        from.replica.applied().index())
                .gauge(
                        "etcd_server_proposals_pending",
                        "Writes that wait to be evaluated or to become durable.",
                        primary.pendingProposals())
                .counter(
                        "etcd_server_proposals_failed_total",
                        "Writes that ended without a definite answer: timed out, or no primary.",
                        primary.failedProposals())
                .counter(
                        "etcd_server_slow_apply_total",
                        "Evaluations of writes and ranges that took more than 100 ms.",
                        primary.slowEvaluations() + from.kv.stats().slowRanges());
        String name = "etcd_server_apply_duration_seconds";
        text.family(name, MetricType.HISTOGRAM, "Time to evaluate a write and put it into the open batch.");
        for (Operation operation : Operation.values()) {
            writeApplied(text, name, operation, primary.applied(operation), "true");
            writeApplied(text, name, operation, primary.refused(operation), "false");
        }
    }

    /** Like etcd, says nothing of what did not happen yet. */
    private static void writeApplied(
            PrometheusText text, String name, Operation operation, Histogram times, String success) {
        if (times.count() > 0) {
            text.distribution(name, times, "op", operation.word(), "success", success, "version", "v3");
        }
    }

    private void writeReads(PrometheusText text) {
        text.counter(
                        "etcd_server_slow_read_indexes_total",
                        "Linearizable reads that were given up on because nothing confirmed the primary in time.",
                        from.primary.slowReads())
                .counter(
                        "etcd_server_read_indexes_failed_total",
                        "Linearizable reads that ended because there was no primary.",
                        from.primary.failedReads());
        String name = "etcd_server_range_duration_seconds";
        text.family(name, MetricType.HISTOGRAM, "Time to evaluate a range, without waiting for anything.")
                .distribution(name, from.kv.answeredRanges(), "success", "true")
                .distribution(name, from.kv.refusedRanges(), "success", "false");
    }

    private void writeStore(PrometheusText text) {
        StoreState state = from.states.committed().state();
        text.gauge("etcd_debugging_mvcc_current_revision", "The current revision.", state.revision())
                .gauge(
                        "etcd_debugging_mvcc_compact_revision",
                        "The revision of the newest compaction; -1 before the first.",
                        state.compactRevision())
                .gauge("etcd_debugging_mvcc_keys_total", "Keys that exist.", state.countLive(KeyRange.ALL))
                .gauge(
                        "etcd_debugging_auth_revision",
                        "The revision of users and roles.",
                        state.auth().revision());
    }

    private void writeOperations(PrometheusText text) {
        KvStats kv = from.kv.stats();
        LeaseStats leases = from.leases.get();
        text.counter(
                        "etcd_mvcc_range_total",
                        "Ranges that this node answered, also within transactions; compares are ranges.",
                        kv.ranges())
                .counter("etcd_mvcc_put_total", "Puts that this node answered, also within transactions.", kv.puts())
                .counter(
                        "etcd_mvcc_delete_total",
                        "Range deletes that this node answered, also within transactions, and keys that went with"
                                + " their lease.",
                        kv.deletes() + leases.deletedKeys())
                .counter(
                        "etcd_mvcc_txn_total",
                        "Requests of more than one operation that this node answered.",
                        kv.transactions() + leases.severalDeleted())
                .gauge(
                        "etcd_debugging_mvcc_total_put_size_in_bytes",
                        "Keys and values of all puts that this node answered.",
                        kv.putBytes());
    }

    private void writeSizes(PrometheusText text) {
        Replica replica = from.replica;
        text.gauge("etcd_server_quota_backend_bytes", "The quota of the replica.", replica.quotaBytes())
                .gauge("etcd_mvcc_db_total_size_in_bytes", "The size of the replica.", replica.sizeBytes())
                .gauge(
                        "etcd_mvcc_db_total_size_in_use_in_bytes",
                        "What of the replica holds data.",
                        replica.sizeInUseBytes())
                .gauge(
                        "etcd_mvcc_db_open_read_transactions",
                        "Reads of the replica's file that are under way.",
                        replica.openReads());
    }

    private void writeCompaction(PrometheusText text) {
        ReplicaMeters replica = from.replica.meters();
        text.counter(
                        "etcd_debugging_mvcc_db_compaction_keys_total",
                        "Revisions that purges after compactions deleted from the replica.",
                        replica.purgedRows())
                .gauge(
                        "etcd_debugging_mvcc_db_compaction_last",
                        "When a purge ended last, in seconds since 1970; 0 before the first of this process.",
                        replica.lastPurgeSeconds())
                .histogram(
                        "etcd_debugging_mvcc_db_compaction_total_duration_milliseconds",
                        "Time of purges after compactions.",
                        replica.purgeMillis());
    }

    private void writeWatches(PrometheusText text) {
        WatchStats watches = from.watches.stats();
        text.gauge("etcd_debugging_mvcc_watch_stream_total", "Open watch streams.", watches.streams())
                .gauge("etcd_debugging_mvcc_watcher_total", "Watchers on open streams.", watches.watchers())
                .gauge(
                        "etcd_debugging_mvcc_slow_watcher_total",
                        "Watchers that are served from history because they are behind.",
                        watches.slowWatchers())
                .gauge(
                        "etcd_debugging_mvcc_pending_events_total",
                        "Events that wait for clients to read.",
                        watches.queuedEvents())
                .counter("etcd_debugging_mvcc_events_total", "Events handed to watch streams.", watches.eventsSent());
    }

    private void writeLeases(PrometheusText text) {
        LeaseStats leases = from.leases.get();
        text.counter("etcd_debugging_lease_granted_total", "Leases that were granted.", leases.granted())
                .counter(
                        "etcd_debugging_lease_revoked_total",
                        "Leases that ended, expired ones among them.",
                        leases.revoked())
                .counter("etcd_debugging_lease_renewed_total", "Renewals of leases.", leases.renewed())
                .counter(
                        "etcd_debugging_server_lease_expired_total",
                        "Leases that were revoked because their time was over.",
                        leases.expired());
    }

    private void writeDisk(PrometheusText text) {
        ReplicaMeters replica = from.replica.meters();
        text.histogram(
                        "etcd_disk_wal_fsync_duration_seconds",
                        "Time until a closed batch is durable, which is what etcd's fsync is for: here the PUT of its"
                                + " chunk into the bucket.",
                        from.primary.durable())
                .gauge(
                        "etcd_disk_wal_write_bytes_total",
                        "Bytes of frames that were sent to the log.",
                        from.loggedBytes.getAsLong())
                .histogram(
                        "etcd_disk_backend_commit_duration_seconds",
                        "Time of SQLite's transactions of committed entries; no write waits for them.",
                        replica.commits())
                .histogram(
                        "etcd_disk_backend_defrag_duration_seconds",
                        "Time of defragmentations.",
                        replica.defragmentations())
                .gauge("etcd_disk_defrag_inflight", "Defragmentations under way.", replica.defragmenting())
                .histogram(
                        "etcd_disk_backend_snapshot_duration_seconds",
                        "Time of snapshots: into the bucket, verification included, and to clients.",
                        from.housekeeping.snapshotTimes());
    }
}
