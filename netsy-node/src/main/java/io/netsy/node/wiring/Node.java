package io.netsy.node.wiring;

import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Ports;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.archive.LogRetention;
import io.netsy.node.archive.SnapshotArchive;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.clock.SystemClock;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.datadir.DataDirectory;
import io.netsy.node.metrics.NodeMetrics;
import io.netsy.node.primary.GatherSettings;
import io.netsy.node.primary.PrimaryTerm;
import io.netsy.node.recovery.LoggedProgress;
import io.netsy.node.recovery.Recovery;
import io.netsy.node.replica.Replica;
import io.netsy.node.replica.ReplicaConfig;
import io.netsy.node.replica.ReplicaHealth;
import io.netsy.node.replica.ReplicaIdentity;
import io.netsy.node.replica.ReplicaLimits;
import io.netsy.node.term.ObjectRegisterStorage;
import io.netsy.replication.model.Bytes;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A single node from its store up to its services: recovered, elected, serving. Built in the order of its dependencies,
 * closed in the reverse.
 */
final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final int MAX_FRAME_BYTES = 4 << 20;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Replica replica;
    private final NodeThreads threads;
    private final CurrentTerm current;
    private final NodeServices services;
    private final SoloClusterView cluster;
    private final Parts parts;

    /** What a node is made from. */
    record Parts(NodeConfig config, NodeClock clock, DataDirectory directory, NodeStore store, NodeMetrics metrics) {}

    private Node(Parts parts, Replica replica, NodeThreads threads, CurrentTerm current) {
        this.parts = parts;
        this.replica = replica;
        this.threads = threads;
        this.current = current;
        this.cluster = new SoloClusterView(
                parts.store().clusterId(),
                parts.config().name(),
                parts.config().advertisedClientUrls("127.0.0.1"),
                current::hasLeader);
        this.services =
                new NodeServices(parts.config(), new Ports(current, current, replica, replica, cluster), threads);
    }

    /** Recovers, takes a term, and returns once writes are taken. */
    static Node start(Parts parts) throws Exception {
        NodeConfig config = parts.config();
        NodeThreads threads = NodeThreads.start();
        var identity = parts.directory().identify(parts.store().clusterId(), config.name(), parts.clock()::newId);
        LogArchive archive = new LogArchive(parts.store().store(), parts.store().clusterId());
        ReplicaConfig replicaConfig = new ReplicaConfig(
                parts.directory().path().resolve("replica.db"),
                new ReplicaIdentity(parts.store().clusterId(), identity.diskId()),
                limits(config));
        SnapshotArchive snapshots = new SnapshotArchive(
                parts.store().store(),
                parts.store().clusterId(),
                parts.directory().path().resolve("tmp"),
                SystemClock.wall());
        Recovery recovery = Recovery.begin(new Recovery.Setup(
                replicaConfig,
                Node::report,
                archive,
                snapshots,
                threads.io(),
                new LoggedProgress(SystemClock.nanoTime())));
        PrimaryTerm.Tip tip = recovery.advance();
        CurrentTerm current = new CurrentTerm(new CommittedState(
                tip.state(), tip.position().index(), Math.max(tip.position().term(), 1)));
        Node node = new Node(parts, recovery.replica(), threads, current);
        Claimant claimant =
                new Claimant(config.name(), identity.diskId(), parts.clock().newId());
        node.serve(claimant, archive, snapshots, recovery);
        return node;
    }

    private static ReplicaLimits limits(NodeConfig config) {
        return ReplicaLimits.DEFAULT
                .withCacheBytes(config.memory().valueCacheBytes())
                .withQuotaBytes(config.quotaBytes() == 0 ? Long.MAX_VALUE : config.quotaBytes());
    }

    private static void report(ReplicaHealth health) {
        switch (health) {
            case ReplicaHealth.Healthy _ -> LOG.info("the replica takes writes again");
            case ReplicaHealth.Stalled(String reason) ->
                LOG.error("the replica's disk refuses writes, entries wait in memory: {}", reason);
            case ReplicaHealth.Failed(String reason) ->
                LOG.error("the replica is damaged, restart the node to rebuild it from the store: {}", reason);
        }
    }

    private void serve(Claimant claimant, LogArchive archive, SnapshotArchive snapshots, Recovery recovery)
            throws Exception {
        NodeConfig config = parts.config();
        GatherSettings gather = new GatherSettings(
                config.commit().delay(),
                config.commit().delayPrefixes().stream().map(Bytes::utf8).toList(),
                MAX_FRAME_BYTES);
        PrimaryTerm term = PrimaryTerm.open(
                new PrimaryTerm.Setup(
                        claimant,
                        new ObjectRegisterStorage(parts.store().store()),
                        archive,
                        parts.clock(),
                        new ReplicaLog(replica),
                        new PrimaryTerm.Observers(
                                services.commitListeners(),
                                services,
                                parts.metrics().stages()),
                        new PrimaryTerm.Settings(config.lease().readLease(), gather, CLOSE_TIMEOUT)),
                recovery::advance);
        current.begin(term);
        term.serving().get();
        replica.attach(term.sequencer()::prune);
        threads.every(io.netsy.etcd.lease.LeaseExpiry.INTERVAL, services::expireLeases);
        new Housekeeping(
                        config,
                        parts.clock(),
                        new Housekeeping.Subjects(
                                replica,
                                snapshots,
                                new LogRetention(
                                        parts.store().store(),
                                        archive,
                                        config.retention().log()),
                                term),
                        parts.metrics()::loggedBytes)
                .start(threads);
        var _ = term.ended().thenAccept(ending -> LOG.info("primary ended term={} reason={}", term.term(), ending));
    }

    NodeServices services() {
        return services;
    }

    CurrentTerm states() {
        return current;
    }

    SoloClusterView cluster() {
        return cluster;
    }

    Replica replica() {
        return replica;
    }

    NodeThreads threads() {
        return threads;
    }

    /** Gives the term back, applies the rest, and lets go of disk and store. */
    @Override
    public void close() throws IOException {
        current.close();
        threads.close();
        replica.close();
        parts.directory().close();
        parts.store().store().close();
    }
}
