package io.netsy.node.wiring;

import io.netsy.etcd.watch.WatchHub;
import io.netsy.node.metrics.NodeMetrics;
import io.netsy.node.primary.PrimaryMeters;
import io.netsy.node.replica.Replica;
import io.netsy.node.replica.ReplicaHealth;
import java.time.Duration;

/** netsy's own figures of a node's parts, read when somebody asks; design/METRICS.md lists them. */
final class NodeGauges {
    private static final double NANOS_PER_SECOND = 1e9;

    private NodeGauges() {}

    static void bind(NodeMetrics metrics, Node node) {
        bindTerm(metrics, node.states(), node.primaryMeters());
        bindReplica(metrics, node.replica());
        bindWatches(metrics, node.services().watchHub());
        bindHousekeeping(metrics, node.housekeepingMeters());
    }

    private static void bindTerm(NodeMetrics metrics, CurrentTerm term, PrimaryMeters primary) {
        metrics.gauge(
                "netsy_term",
                "The term this node serves or last served under.",
                term,
                t -> t.committed().term());
        metrics.gauge(
                "netsy_log_index",
                "The index of the log up to which all is committed.",
                term,
                t -> t.committed().index());
        metrics.gauge(
                "netsy_leases",
                "Leases that stand.",
                term,
                t -> t.committed().state().leases().size());
        metrics.gauge(
                "netsy_read_lease_held",
                "1 while linearizable reads are answered without asking the term register.",
                term,
                t -> t.readLeaseLeft().isPositive() ? 1 : 0);
        metrics.gauge(
                "netsy_read_lease_remaining_seconds",
                "How long reads may go on without asking the term register again.",
                term,
                t -> seconds(t.readLeaseLeft()));
        metrics.total(
                "netsy_chunk_put_failures",
                "Attempts to put a chunk that failed; each is tried again or settled by reading back.",
                primary,
                PrimaryMeters::failedPuts);
        metrics.total(
                "netsy_register_look_failures",
                "Looks at the term register that failed.",
                primary,
                PrimaryMeters::failedLooks);
    }

    private static void bindReplica(NodeMetrics metrics, Replica replica) {
        metrics.gauge(
                "netsy_replica_backlog_bytes",
                "Committed entries that wait for the replica.",
                replica,
                Replica::backlogBytes);
        metrics.gauge(
                "netsy_replica_applied_index",
                "The index of the log up to which the replica has applied.",
                replica,
                r -> r.applied().index());
        metrics.gauge(
                "netsy_replica_durable_index",
                "The index of the log up to which the replica has flushed.",
                replica,
                r -> r.durable().index());
        metrics.gauge(
                "netsy_replica_healthy",
                "1 while the replica takes writes, 0 when its disk refuses them or its file is damaged.",
                replica,
                r -> r.health() instanceof ReplicaHealth.Healthy ? 1 : 0);
        metrics.gauge(
                "netsy_replica_purged_revision",
                "The newest compaction whose rows are gone from the replica.",
                replica,
                Replica::purgedRevision);
    }

    private static void bindWatches(NodeMetrics metrics, WatchHub watches) {
        metrics.gauge(
                "netsy_watch_queued_bytes",
                "Encoded events that wait for clients to read.",
                watches,
                w -> w.stats().queuedBytes());
        metrics.total(
                "netsy_watch_replay_passes",
                "Reads of history for watchers that are behind.",
                watches,
                w -> w.stats().replayPasses());
    }

    private static void bindHousekeeping(NodeMetrics metrics, HousekeepingMeters housekeeping) {
        metrics.gauge(
                "netsy_snapshot_newest_timestamp_seconds",
                "When the newest snapshot was made, in seconds since 1970; 0 while there is none.",
                housekeeping,
                HousekeepingMeters::newestMadeSeconds);
        metrics.gauge(
                "netsy_snapshot_newest_bytes",
                "The size of the newest snapshot in the bucket; 0 while there is none.",
                housekeeping,
                HousekeepingMeters::newestBytes);
        metrics.gauge(
                "netsy_snapshot_last_duration_seconds",
                "How long the last snapshot of this process took; 0 before it.",
                housekeeping,
                h -> h.lastNanos() / NANOS_PER_SECOND);
        metrics.total(
                "netsy_snapshots",
                "Snapshots that were taken and verified.",
                housekeeping,
                HousekeepingMeters::snapshots);
        metrics.total(
                "netsy_housekeeping_failures",
                "Runs of snapshot and retention that failed and are tried again.",
                housekeeping,
                HousekeepingMeters::failures);
        metrics.total(
                "netsy_retention_deleted_chunks",
                "Chunks that retention deleted.",
                housekeeping,
                HousekeepingMeters::deletedChunks);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / NANOS_PER_SECOND;
    }
}
