package io.netsy.node.wiring;

import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.etcd.access.AuthGuard;
import io.netsy.etcd.auth.token.Tokens;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.LeaderTransfer;
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
import io.netsy.node.primary.PrimaryMeters;
import io.netsy.node.primary.PrimaryTerm;
import io.netsy.node.recovery.LoggedProgress;
import io.netsy.node.recovery.Recovery;
import io.netsy.node.replica.Replica;
import io.netsy.node.replica.ReplicaConfig;
import io.netsy.node.replica.ReplicaHealth;
import io.netsy.node.replica.ReplicaHistory;
import io.netsy.node.replica.ReplicaIdentity;
import io.netsy.node.replica.ReplicaLimits;
import io.netsy.node.standby.Standby;
import io.netsy.node.term.ObjectRegisterStorage;
import io.netsy.replication.model.Bytes;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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
    private final ClusterView cluster;
    private final PrimaryMeters primaryMeters = new PrimaryMeters();
    private final HousekeepingMeters housekeepingMeters;
    private final Parts parts;
    private final Found found;
    private final @Nullable Cluster others;

    /** What a node is made from. */
    record Parts(NodeConfig config, NodeClock clock, DataDirectory directory, NodeStore store, NodeMetrics metrics) {}

    /** What a start found, on which a term is begun. */
    private record Found(
            Claimant claimant,
            LogArchive archive,
            SnapshotArchive snapshots,
            Recovery recovery,
            @Nullable Cluster others,
            @Nullable Election election) {}

    private Node(Parts parts, Found found, Tokens tokens, NodeThreads threads, CurrentTerm current) {
        this.others = found.others();
        this.parts = parts;
        this.found = found;
        this.replica = found.recovery().replica();
        this.threads = threads;
        this.current = current;
        this.cluster = others != null
                ? others.members()
                : new SoloClusterView(
                        parts.store().clusterId(),
                        parts.config().name(),
                        parts.config().advertisedClientUrls("127.0.0.1"),
                        current::hasLeader);
        AuthGuard guard = new AuthGuard(() -> current.committed().state().auth(), tokens);
        this.services = new NodeServices(
                parts.config(),
                new NodeServices.Base(
                        new Ports(current, current, replica, replica, cluster, guard),
                        tokens,
                        new ReplicaHistory(replica, current),
                        threads,
                        others == null ? null : others.route(),
                        found.election() == null
                                ? LeaderTransfer.NONE
                                : found.election().transfer(cluster)));
        this.housekeepingMeters = new HousekeepingMeters(services.snapshotTimes());
    }

    /** Recovers the state; {@link #lead} is next. Until then clients can be let in, see {@link CurrentTerm}. */
    static Node start(Parts parts) throws Exception {
        try (StartScope scope = new StartScope()) {
            Node node = start(parts, scope);
            scope.keep();
            return node;
        }
    }

    private static Node start(Parts parts, StartScope scope) throws Exception {
        NodeConfig config = parts.config();
        Tokens tokens = Tokens.open(config.auth().tokens(), StartChecks.tokenSources());
        long startedNanos = parts.clock().now().bootNanos();
        NodeThreads threads = scope.add(NodeThreads.start());
        var identity = parts.directory().identify(parts.store().clusterId(), config.name(), parts.clock()::newId);
        Cluster others = config.cluster() == null
                ? null
                : scope.add(Cluster.open(
                        new Cluster.Base(config, config.cluster(), parts.clock(), parts.directory(), parts.store()),
                        identity));
        Election election = Election.open(config, parts.clock(), parts.store(), threads);
        if (election != null) {
            scope.add(election);
        }
        UUID diskId = others == null ? identity.diskId() : others.diskId();
        LogArchive archive = new LogArchive(parts.store().store(), parts.store().clusterId());
        ReplicaConfig replicaConfig = new ReplicaConfig(
                parts.directory().replicaFile(),
                new ReplicaIdentity(parts.store().clusterId(), diskId),
                limits(config));
        SnapshotArchive snapshots = new SnapshotArchive(
                parts.store().store(),
                parts.store().clusterId(),
                parts.directory().path().resolve(DataDirectory.TEMPORARY),
                SystemClock.wall());
        Recovery recovery = Recovery.begin(new Recovery.Setup(
                replicaConfig,
                Node::report,
                archive,
                snapshots,
                threads.io(),
                new LoggedProgress(SystemClock.nanoTime()),
                position -> others != null && others.holds(position)));
        scope.add(recovery.replica());
        PrimaryTerm.Tip tip = recovery.advance();
        parts.metrics().recovered(Duration.ofNanos(parts.clock().now().bootNanos() - startedNanos));
        CurrentTerm current = new CurrentTerm(
                new CommittedState(
                        tip.state(),
                        tip.position().index(),
                        Math.max(tip.position().term(), 1)),
                config.limits().requestTimeout());
        scope.add(current);
        Claimant claimant = new Claimant(config.name(), diskId, parts.clock().newId());
        return new Node(
                parts, new Found(claimant, archive, snapshots, recovery, others, election), tokens, threads, current);
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

    /** Takes a term, or follows who has it; returns once requests are answered. */
    void serve() throws Exception {
        if (others != null) {
            Registrations registrations = others.registrations();
            threads.io().execute(registrations::maybeRefresh);
            threads.every(Registrations.PERIOD, () -> threads.io().execute(registrations::maybeRefresh));
        }
        if (others == null || others.leads()) {
            lead();
        } else {
            follow(others);
        }
    }

    private void follow(Cluster cluster) throws Exception {
        PrimaryTerm.Tip tip = found.recovery().advance();
        Standby standby = cluster.follow(
                tip, new ReplicaLog(replica), services.commitListeners(), cluster.ownLog(found.archive(), threads));
        services.onFollowing(tip.state());
        current.begin(Role.of(standby));
        replica.showPurges(services.purgeWitness());
        replica.attach(standby::prune);
    }

    private void lead() throws Exception {
        NodeConfig config = parts.config();
        GatherSettings gather = new GatherSettings(
                config.commit().delay(),
                config.commit().delayPrefixes().stream().map(Bytes::utf8).toList(),
                MAX_FRAME_BYTES);
        PrimaryTerm term = PrimaryTerm.open(
                new PrimaryTerm.Setup(
                        found.claimant(),
                        new ObjectRegisterStorage(parts.store().store()),
                        found.archive(),
                        parts.clock(),
                        new ReplicaLog(replica),
                        new PrimaryTerm.Observers(
                                services.commitListeners(),
                                services,
                                parts.metrics().stages(),
                                primaryMeters),
                        new PrimaryTerm.Settings(
                                config.lease().readLease(),
                                gather,
                                config.limits().requestTimeout(),
                                CLOSE_TIMEOUT),
                        others == null ? null : others.forTerm(found.archive(), threads)),
                found.recovery()::advance);
        current.begin(Role.of(term));
        if (others != null) {
            others.lead(term);
        }
        term.serving().get();
        if (others != null) {
            Cluster cluster = others;
            cluster.serves(true);
            var _ = term.ended().thenRun(() -> cluster.serves(false));
        }
        replica.showPurges(services.purgeWitness());
        replica.attach(term.sequencer()::prune);
        threads.every(io.netsy.etcd.lease.LeaseExpiry.INTERVAL, services::expireLeases);
        new Housekeeping(
                        config,
                        parts.clock(),
                        new Housekeeping.Subjects(
                                replica,
                                found.snapshots(),
                                new LogRetention(
                                        parts.store().store(),
                                        found.archive(),
                                        config.retention().log()),
                                term,
                                housekeepingMeters),
                        parts.metrics()::replayBytes)
                .start(threads);
        var _ = term.ended().thenAccept(ending -> LOG.info("primary ended term={} reason={}", term.term(), ending));
    }

    NodeServices services() {
        return services;
    }

    /** This node's part in a cluster; null when it is alone. */
    @Nullable
    Cluster others() {
        return others;
    }

    /** This node's part in electing; null when nothing is elected. */
    @Nullable
    Election election() {
        return found.election();
    }

    CurrentTerm states() {
        return current;
    }

    ClusterView cluster() {
        return cluster;
    }

    Replica replica() {
        return replica;
    }

    PrimaryMeters primaryMeters() {
        return primaryMeters;
    }

    HousekeepingMeters housekeepingMeters() {
        return housekeepingMeters;
    }

    /** etcd's figures of this node. */
    EtcdMetrics etcdMetrics() {
        return new EtcdMetrics(new EtcdMetrics.Sources(
                current,
                cluster,
                replica,
                services.kvMeters(),
                services::leaseStats,
                services.watchHub(),
                primaryMeters,
                housekeepingMeters,
                parts.metrics()::loggedBytes));
    }

    NodeThreads threads() {
        return threads;
    }

    /** Gives the term back, applies the rest, and lets go of disk and store. */
    @Override
    public void close() throws IOException {
        if (found.election() != null) {
            found.election().close();
        }
        current.close();
        threads.close();
        if (others != null) {
            others.close();
        }
        replica.close();
        parts.directory().close();
        parts.store().store().close();
        parts.metrics().close();
    }
}
