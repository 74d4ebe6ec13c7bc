package io.netsy.node.wiring;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerInterceptor;
import io.netsy.etcd.access.AccessInterceptor;
import io.netsy.etcd.access.CallerName;
import io.netsy.etcd.access.Credentials;
import io.netsy.etcd.auth.AuthService;
import io.netsy.etcd.auth.Passwords;
import io.netsy.etcd.auth.token.Tokens;
import io.netsy.etcd.cluster.ClusterService;
import io.netsy.etcd.concurrency.EtcdCalls;
import io.netsy.etcd.concurrency.KeyEvents;
import io.netsy.etcd.concurrency.Turns;
import io.netsy.etcd.election.ElectionService;
import io.netsy.etcd.forward.ForwardedCalls;
import io.netsy.etcd.forward.Forwarding;
import io.netsy.etcd.forward.PrimaryRoute;
import io.netsy.etcd.kv.KvLimits;
import io.netsy.etcd.kv.KvMeters;
import io.netsy.etcd.kv.KvService;
import io.netsy.etcd.lease.LeaseClock;
import io.netsy.etcd.lease.LeaseExpiry;
import io.netsy.etcd.lease.LeaseService;
import io.netsy.etcd.lease.LeaseSettings;
import io.netsy.etcd.lease.LeaseStats;
import io.netsy.etcd.lock.LockService;
import io.netsy.etcd.maintenance.CompactionHashes;
import io.netsy.etcd.maintenance.EtcdVersion;
import io.netsy.etcd.maintenance.MaintenanceService;
import io.netsy.etcd.maintenance.snapshot.SnapshotSettings;
import io.netsy.etcd.maintenance.snapshot.Snapshots;
import io.netsy.etcd.meter.Histogram;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.HistoryExport;
import io.netsy.etcd.port.LeaderTransfer;
import io.netsy.etcd.port.MemberHealth;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.port.PurgeWitness;
import io.netsy.etcd.proto.rpc.AuthenticateRequest;
import io.netsy.etcd.proto.rpc.AuthenticateResponse;
import io.netsy.etcd.rpc.Headers;
import io.netsy.etcd.state.StoreState;
import io.netsy.etcd.watch.GuardedWatches;
import io.netsy.etcd.watch.WatchHub;
import io.netsy.etcd.watch.WatchPorts;
import io.netsy.etcd.watch.WatchRuntime;
import io.netsy.etcd.watch.WatchService;
import io.netsy.etcd.watch.WatchSettings;
import io.netsy.node.clock.SystemClock;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.datadir.DataDirectory;
import io.netsy.node.primary.Sequencer;
import io.netsy.node.primary.TermListener;
import io.netsy.node.random.SystemRandom;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** etcd's services over this node's ports, and what they want to be told. */
final class NodeServices implements TermListener {
    /** About two milliseconds at most. */
    private static final int STEPS_WHILE_COMMITTING = 4096;

    /** The etcd release whose behaviour the API has; kube-apiserver chooses its paths by it. */
    static final EtcdVersion VERSION = EtcdVersion.parse("3.6.14");

    private final LongSupplier nanoTime = SystemClock.nanoTime();
    private final KvMeters kvMeters = new KvMeters(nanoTime);
    private final Histogram snapshotTimes = Histogram.ofSeconds(Duration.ofMillis(10), 17);
    private final LeaseClock leaseClock = new LeaseClock(nanoTime, LeaseSettings.DEFAULT);
    private final CompactionHashes compactionHashes;
    private final LeaseExpiry leaseExpiry;
    private final WatchHub watchHub;
    private final KeyEvents keyEvents;
    private final CommitListener memberBook;
    private final AuthService auth;
    private final List<BindableService> services;
    private final List<ServerInterceptor> interceptors;
    private final List<ServerInterceptor> peerInterceptors;

    /**
     * What the services stand on.
     *
     * @param tokens those that the ports' guard reads
     * @param history what snapshots for clients are made from
     * @param route the way to the primary; null for a node alone
     * @param leaderTransfer the way to have another node made primary
     * @param members how members come and go
     */
    record Base(
            Ports ports,
            Tokens tokens,
            HistoryExport history,
            NodeThreads threads,
            @Nullable PrimaryRoute route,
            LeaderTransfer leaderTransfer,
            Membering members) {}

    /** Where members don't come and go. */
    static final Membering FIXED_MEMBERS = new Membering(commit -> {}, MemberHealth.FIXED);

    /** Who is told of changes of members, and what is known of them. */
    record Membering(CommitListener book, MemberHealth health) {}

    NodeServices(NodeConfig config, Base base) {
        Ports ports = base.ports();
        this.memberBook = base.members().book();
        Tokens tokens = base.tokens();
        NodeThreads threads = base.threads();
        PrimaryRoute route = base.route();
        this.compactionHashes = new CompactionHashes(ports.states(), ports.revisions());
        this.leaseExpiry = new LeaseExpiry(ports.proposer(), leaseClock);
        this.watchHub = new WatchHub(
                new WatchPorts(
                        ports.states(),
                        ports.revisions(),
                        ports.cluster(),
                        new GuardedWatches(ports.guard(), ports.states())),
                new WatchRuntime(
                        threads.watches(),
                        threads.reads(),
                        (delay, task) -> {
                            var timeout = threads.timer().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                            return () -> timeout.cancel(false);
                        },
                        STEPS_WHILE_COMMITTING,
                        SystemRandom.secure()),
                watchSettings(config));
        this.auth = new AuthService(
                ports,
                kvLimits(config),
                new Passwords(config.auth().bcryptCost(), SystemRandom.secure()),
                tokens,
                threads.passwords());
        boolean certificatesCount =
                config.tls().client() != null && config.tls().client().clientCertAuth();
        CallerName callerName = CallerName.ofCertificates(certificatesCount);
        AccessInterceptor access = new AccessInterceptor(ports.guard(), callerName);
        this.interceptors = route == null
                ? List.of(access)
                : List.of(
                        new Forwarding(new Forwarding.Settings(
                                route,
                                config.limits().requestTimeout(),
                                ports.cluster()::memberId,
                                callerName,
                                headers -> isUnknownHere(tokens, ports, headers),
                                (request, answer) -> introduce(tokens, ports, request, answer))),
                        access);
        this.peerInterceptors = route == null
                ? List.of()
                : List.of(
                        new ForwardedCalls(route, ports.states()),
                        new AccessInterceptor(ports.guard(), CallerName.FORWARDED));
        this.keyEvents = new KeyEvents(ports.states());
        KvService keys = new KvService(ports, kvLimits(config), threads.reads(), kvMeters);
        LeaseService leases = new LeaseService(ports, LeaseSettings.DEFAULT, leaseClock, SystemRandom.secure());
        EtcdCalls calls = new EtcdCalls(keys, leases);
        Turns turns = new Turns(keyEvents, threads.io());
        this.services = List.of(
                auth,
                keys,
                new WatchService(watchHub),
                leases,
                new ClusterService(ports, base.members().health()),
                maintenance(config, base),
                new LockService(calls, turns),
                new ElectionService(calls, turns, ports.states(), new Headers(ports.cluster())));
    }

    private MaintenanceService maintenance(NodeConfig config, Base base) {
        Snapshots snapshots = new Snapshots(
                base.history(),
                base.ports().cluster(),
                snapshotSettings(config),
                timed(base.threads().snapshots()));
        return new MaintenanceService(
                base.ports(),
                VERSION,
                new MaintenanceService.Means(
                        compactionHashes,
                        snapshots,
                        base.leaderTransfer(),
                        base.threads().reads()));
    }

    private static KvLimits kvLimits(NodeConfig config) {
        return new KvLimits(
                Math.toIntExact(config.limits().maxRequestBytes()),
                config.limits().maxTxnOps(),
                KvLimits.DEFAULT.maxInlineKeys());
    }

    /** Whoever signed in through this node is known to it too. */
    private static void introduce(Tokens tokens, Ports ports, Object request, Object answer) {
        if (request instanceof AuthenticateRequest signIn && answer instanceof AuthenticateResponse signedIn) {
            AuthUser user = ports.states().committed().state().auth().user(Bytes.utf8(signIn.getName()));
            if (user != null) {
                tokens.introduce(signedIn.getToken(), user);
            }
        }
    }

    /** A token that another node gave out of its own memory: only that one can tell whose it is. */
    private static boolean isUnknownHere(Tokens tokens, Ports ports, Metadata headers) {
        if (!ports.guard().isOn()) {
            return false;
        }
        String token = Credentials.tokenIn(headers);
        return token != null
                && tokens.read(token, ports.states().committed().state().auth()) == null;
    }

    private static WatchSettings watchSettings(NodeConfig config) {
        WatchSettings defaults = WatchSettings.DEFAULTS;
        return new WatchSettings(
                config.watch().progressNotifyInterval(),
                Math.toIntExact(config.limits().maxRequestBytes()) + 512 * 1024,
                defaults.outbound(),
                defaults.replay(),
                defaults.memory());
    }

    private static SnapshotSettings snapshotSettings(NodeConfig config) {
        return SnapshotSettings.in(config.dataDir().resolve(DataDirectory.TEMPORARY));
    }

    List<BindableService> services() {
        return services;
    }

    /** Around every handler of them. */
    List<ServerInterceptor> interceptors() {
        return interceptors;
    }

    /** Around every handler of them, for calls that other nodes pass on. */
    List<ServerInterceptor> peerInterceptors() {
        return peerInterceptors;
    }

    /** In the order in which a commit is told. */
    List<CommitListener> commitListeners() {
        return List.of(memberBook, leaseClock, compactionHashes, auth, watchHub, keyEvents);
    }

    /** What wants to see the history before it is purged. */
    PurgeWitness purgeWitness() {
        return compactionHashes;
    }

    WatchHub watchHub() {
        return watchHub;
    }

    /** The server stops: ends the calls that would wait on. */
    void stopWaiting() {
        watchHub.stop();
        keyEvents.stop();
    }

    /** Notes how long each task took, whatever its end. */
    private Executor timed(Executor executor) {
        return task -> executor.execute(() -> {
            long startedNanos = nanoTime.getAsLong();
            try {
                task.run();
            } finally {
                snapshotTimes.record(nanoTime.getAsLong() - startedNanos);
            }
        });
    }

    /** Times of snapshots, in the buckets that etcd's have. */
    Histogram snapshotTimes() {
        return snapshotTimes;
    }

    KvMeters kvMeters() {
        return kvMeters;
    }

    LeaseStats leaseStats() {
        return leaseClock.stats();
    }

    /** Ends leases whose time is over. */
    void expireLeases() {
        leaseExpiry.tick(nanoTime.getAsLong());
    }

    /** Leases are counted here, from this state on. */
    void countLeases(StoreState state) {
        leaseClock.start(state);
    }

    /** Leases are counted by another node. */
    void countLeasesNoMore() {
        leaseClock.stop();
    }

    /** There was no primary for too long. */
    void onLeaderLost() {
        watchHub.onLeaderLost();
    }

    /** The node follows a primary from this state on. */
    void onFollowing(StoreState state) {
        compactionHashes.start(state);
    }

    @Override
    public void onServing(CommittedState state) {
        leaseClock.start(state.state());
        compactionHashes.start(state.state());
    }

    @Override
    public void onEnded(Sequencer.Ending ending) {
        leaseClock.stop();
        watchHub.onLeaderLost();
    }
}
