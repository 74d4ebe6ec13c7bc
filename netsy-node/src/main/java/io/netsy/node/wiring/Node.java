package io.netsy.node.wiring;

import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.etcd.access.AuthGuard;
import io.netsy.etcd.auth.token.Tokens;
import io.netsy.etcd.lease.LeaseExpiry;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.LeaderTransfer;
import io.netsy.etcd.port.Ports;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.archive.SnapshotArchive;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.clock.SystemClock;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.datadir.DataDirectory;
import io.netsy.node.metrics.NodeMetrics;
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
import io.netsy.node.role.ElectorQuestions;
import io.netsy.node.role.PeerCalls;
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

    private final Replica replica;
    private final NodeThreads threads;
    private final CurrentTerm current;
    private final NodeServices services;
    private final ClusterView cluster;
    private final PrimaryMeters primaryMeters = new PrimaryMeters();
    private final HousekeepingMeters housekeepingMeters;
    private final Parts parts;
    private final RoleParts roleParts;
    private final @Nullable Cluster others;
    private final @Nullable Election election;
    private @Nullable ElectedRoles elected;
    private @Nullable FixedRole fixed;

    /** What a node is made from. */
    record Parts(NodeConfig config, NodeClock clock, DataDirectory directory, NodeStore store, NodeMetrics metrics) {}

    private Node(Parts parts, RoleParts.Found found, Tokens tokens, NodeThreads threads, CurrentTerm current) {
        this.others = found.others();
        this.election = found.election();
        this.parts = parts;
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
                        others == null ? null : others.leadership().route(),
                        election == null ? LeaderTransfer.NONE : election.transfer(cluster),
                        others == null || election == null
                                ? NodeServices.FIXED_MEMBERS
                                : new NodeServices.Membering(
                                        others.book(),
                                        new PrimaryMemberHealth(parts.config().name(), current::replication))));
        this.housekeepingMeters = new HousekeepingMeters(services.snapshotTimes());
        this.roleParts = new RoleParts(
                parts, found, services, threads, current, new RoleParts.Meters(primaryMeters, housekeepingMeters));
    }

    /** Recovers the state; {@link #serve} is next. Until then clients can be let in, see {@link CurrentTerm}. */
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
        Election election =
                Election.open(config, parts.clock(), parts.store(), threads, others == null ? null : others.book());
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
        PrimaryTerm.Tip tip = recovery.catchUp();
        if (others != null) {
            others.book().learn(tip.state().members());
        }
        parts.metrics().recovered(Duration.ofNanos(parts.clock().now().bootNanos() - startedNanos));
        CurrentTerm current = new CurrentTerm(
                new CommittedState(
                        tip.state(),
                        tip.position().index(),
                        Math.max(tip.position().term(), 1)),
                config.limits().requestTimeout(),
                SystemClock.nanoTime());
        scope.add(current);
        if (others != null) {
            others.leadership().awaits(current::whenApplied);
        }
        Claimant claimant = new Claimant(config.name(), diskId, parts.clock().newId());
        return new Node(
                parts,
                new RoleParts.Found(claimant, archive, snapshots, recovery, others, election),
                tokens,
                threads,
                current);
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

    /**
     * Begins a role. A node alone, and a primary that is named by configuration, answers requests when this returns; else they wait for
     * a primary.
     *
     * @param peers another way to the other nodes than that of elections; null for that one
     */
    void serve(@Nullable PeerCalls peers) throws Exception {
        replica.showPurges(services.purgeWitness());
        var _ = threads.every(LeaseExpiry.INTERVAL, services::expireLeases);
        Cluster cluster = others;
        if (cluster != null) {
            Registrations registrations = cluster.registrations();
            threads.io().execute(registrations::maybeRefresh);
            var _ = threads.every(Registrations.PERIOD, () -> threads.io().execute(registrations::maybeRefresh));
        }
        if (cluster != null && election != null) {
            LeaderWatch watch = new LeaderWatch(current::hasLeader, SystemClock.nanoTime(), services::onLeaderLost);
            var _ = threads.every(LeaderWatch.PERIOD, watch::look);
            elected = ElectedRoles.begin(roleParts, cluster, peers == null ? election.peers() : peers);
            election.start(elected.host());
        } else {
            fixed = FixedRole.begin(roleParts);
        }
    }

    /** What electors and other nodes ask of this one; null where configuration names the primary. */
    @Nullable
    ElectorQuestions questions() {
        return elected == null ? null : elected.host();
    }

    /** Gives a term back in good order, before clients are drained; for a node that another may follow. */
    void leave() {
        if (elected != null) {
            elected.leave();
        }
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
        return election;
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
        if (election != null) {
            election.close();
        }
        current.close();
        closeRole();
        threads.close();
        if (others != null) {
            others.close();
        }
        replica.close();
        parts.directory().close();
        parts.store().store().close();
        parts.metrics().close();
    }

    private void closeRole() {
        if (elected != null) {
            elected.close();
        }
        if (fixed != null) {
            fixed.close();
        }
    }
}
