package io.netsy.etcd.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grpc.BindableService;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netsy.etcd.access.AccessInterceptor;
import io.netsy.etcd.access.AuthGuard;
import io.netsy.etcd.auth.AuthService;
import io.netsy.etcd.auth.Passwords;
import io.netsy.etcd.auth.token.TokenException;
import io.netsy.etcd.auth.token.TokenSettings;
import io.netsy.etcd.auth.token.Tokens;
import io.netsy.etcd.cluster.ClusterService;
import io.netsy.etcd.concurrency.EtcdCalls;
import io.netsy.etcd.concurrency.KeyEvents;
import io.netsy.etcd.concurrency.Turns;
import io.netsy.etcd.election.ElectionService;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.kv.KvLimits;
import io.netsy.etcd.kv.KvMeters;
import io.netsy.etcd.kv.KvService;
import io.netsy.etcd.lease.LeaseClock;
import io.netsy.etcd.lease.LeaseExpiry;
import io.netsy.etcd.lease.LeaseService;
import io.netsy.etcd.lease.LeaseSettings;
import io.netsy.etcd.lock.LockService;
import io.netsy.etcd.maintenance.CompactionHashes;
import io.netsy.etcd.maintenance.EtcdVersion;
import io.netsy.etcd.maintenance.MaintenanceService;
import io.netsy.etcd.maintenance.snapshot.SnapshotSettings;
import io.netsy.etcd.maintenance.snapshot.Snapshots;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.proto.election.ElectionGrpc;
import io.netsy.etcd.proto.lock.LockGrpc;
import io.netsy.etcd.proto.rpc.AuthGrpc;
import io.netsy.etcd.proto.rpc.ClusterGrpc;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import io.netsy.etcd.rpc.Headers;
import io.netsy.etcd.watch.GuardedWatches;
import io.netsy.etcd.watch.WatchHub;
import io.netsy.etcd.watch.WatchPorts;
import io.netsy.etcd.watch.WatchRuntime;
import io.netsy.etcd.watch.WatchService;
import io.netsy.etcd.watch.WatchSettings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGeneratorFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * The services over a {@link TestStore}, spoken to through blocking stubs; nothing in it runs on another thread, except
 * snapshots.
 */
public final class TestEtcd implements AutoCloseable {
    private static final long ID_SEED = 42;
    private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

    public final TestStore store;
    public final TestNode node;
    public final TestClock clock = new TestClock();
    public final KvMeters kvMeters = new KvMeters(clock);
    public final LeaseClock leaseClock;
    public final LeaseExpiry expiry;
    public final KVGrpc.KVBlockingStub kv;
    public final LeaseGrpc.LeaseBlockingStub lease;
    public final LeaseGrpc.LeaseStub leaseStreams;
    public final ClusterGrpc.ClusterBlockingStub cluster;
    public final MaintenanceGrpc.MaintenanceBlockingStub maintenance;
    public final KVGrpc.KVStub kvCalls;
    public final LockGrpc.LockBlockingStub lock;
    public final LockGrpc.LockStub lockCalls;
    public final ElectionGrpc.ElectionBlockingStub election;
    public final ElectionGrpc.ElectionStub electionCalls;

    /** All that are served, for tests that serve them elsewhere too. */
    public final List<BindableService> services;

    /** What locks and elections wait for. */
    public final KeyEvents keyEvents;

    public final AuthGrpc.AuthBlockingStub auth;
    public final WatchGrpc.WatchStub watch;
    public final Tokens tokens;

    private final InProcessServer server;
    private final ExecutorService snapshotThreads = Executors.newCachedThreadPool();

    public TestEtcd() {
        this(new TestStore(), Runnable::run);
    }

    public TestEtcd(TestStore store, Executor blocking) {
        this.store = store;
        node = new TestNode(store);
        tokens = tokensOf(clock);
        AuthGuard guard = new AuthGuard(() -> store.committed().state().auth(), tokens);
        Ports ports = new Ports(store, store, store.revisions(), node, node, guard);
        leaseClock = new LeaseClock(clock, LeaseSettings.DEFAULT);
        leaseClock.start(store.committed().state());
        expiry = new LeaseExpiry(store, leaseClock);
        CompactionHashes hashes = new CompactionHashes(store, store.revisions());
        hashes.start(store.committed().state());
        store.addListener(leaseClock);
        store.addListener(hashes);
        store.showPurges(hashes);
        keyEvents = new KeyEvents(store);
        store.addListener(keyEvents);
        KvService kvService = new KvService(ports, KvLimits.DEFAULT, blocking, kvMeters);
        LeaseService leaseService = new LeaseService(
                ports,
                LeaseSettings.DEFAULT,
                leaseClock,
                RandomGeneratorFactory.getDefault().create(ID_SEED));
        EtcdCalls calls = new EtcdCalls(kvService, leaseService);
        Turns turns = new Turns(keyEvents, blocking);
        WatchHub watchHub = new WatchHub(
                new WatchPorts(store, store.revisions(), node, new GuardedWatches(guard, store)),
                new WatchRuntime(
                        Runnable::run,
                        Runnable::run,
                        (delay, task) -> () -> {},
                        4096,
                        RandomGeneratorFactory.getDefault().create(ID_SEED)),
                WatchSettings.DEFAULTS);
        store.addListener(watchHub);
        AuthService authService = new AuthService(
                ports, KvLimits.DEFAULT, new Passwords(Passwords.MIN_COST, new SecureRandom()), tokens, blocking);
        store.addListener(authService);
        services = List.of(
                authService,
                kvService,
                leaseService,
                new LockService(calls, turns),
                new ElectionService(calls, turns, store, new Headers(node)),
                new ClusterService(ports),
                new MaintenanceService(
                        ports,
                        EtcdVersion.parse("3.6.14"),
                        hashes,
                        new Snapshots(store.history(), node, SnapshotSettings.in(TEMPORARY), snapshotThreads),
                        blocking),
                new WatchService(watchHub));
        server = new InProcessServer(new AccessInterceptor(guard, false), services.toArray(BindableService[]::new));
        kv = KVGrpc.newBlockingStub(server.channel());
        lease = LeaseGrpc.newBlockingStub(server.channel());
        leaseStreams = LeaseGrpc.newStub(server.channel());
        cluster = ClusterGrpc.newBlockingStub(server.channel());
        watch = WatchGrpc.newStub(server.channel());
        auth = AuthGrpc.newBlockingStub(server.channel());
        maintenance = MaintenanceGrpc.newBlockingStub(server.channel());
        kvCalls = KVGrpc.newStub(server.channel());
        lock = LockGrpc.newBlockingStub(server.channel());
        lockCalls = LockGrpc.newStub(server.channel());
        election = ElectionGrpc.newBlockingStub(server.channel());
        electionCalls = ElectionGrpc.newStub(server.channel());
    }

    /** The ports of a store whose auth, if it is on, knows no token. */
    public static Ports portsOf(TestStore store, TestNode node) {
        AuthGuard guard = new AuthGuard(() -> store.committed().state().auth(), tokensOf(new TestClock()));
        return new Ports(store, store, store.revisions(), node, node, guard);
    }

    private static Tokens tokensOf(TestClock clock) {
        TokenSettings settings = new TokenSettings.Simple(TokenSettings.DEFAULT_SIMPLE_TTL);
        try {
            return Tokens.open(settings, new Tokens.Sources(clock, () -> Instant.EPOCH, new SecureRandom()));
        } catch (TokenException e) {
            throw new AssertionError(e);
        }
    }

    /** A node that recovers from what this one logged. */
    public TestEtcd restarted() {
        TestEtcd restarted = copy();
        close();
        return restarted;
    }

    /** Another node with the same log. */
    public TestEtcd copy() {
        return new TestEtcd(new TestStore(store.log()), Runnable::run);
    }

    public long put(String key, String value) {
        return put(Requests.put(key, value));
    }

    /** Puts and answers the new revision. */
    public long put(PutRequest.Builder request) {
        return kv.put(request.build()).getHeader().getRevision();
    }

    public RangeResponse range(RangeRequest.Builder request) {
        return kv.range(request.build());
    }

    /** The keys that a range finds, in its order. */
    public List<String> keys(RangeRequest.Builder request) {
        return keys(range(request));
    }

    public static List<String> keys(RangeResponse answer) {
        return answer.getKvsList().stream()
                .map(pair -> pair.getKey().toStringUtf8())
                .toList();
    }

    public long revision() {
        return store.committed().state().revision();
    }

    /** Lets time pass as a node does: with a look for expired leases every half second. */
    public void pass(Duration time) {
        for (Duration left = time; left.isPositive(); left = left.minus(LeaseExpiry.INTERVAL)) {
            clock.advance(left.compareTo(LeaseExpiry.INTERVAL) < 0 ? left : LeaseExpiry.INTERVAL);
            expiry.tick(clock.getAsLong());
        }
    }

    public static void assertFails(EtcdError expected, ThrowingCallable call) {
        Status status = statusOf(call);
        assertThat(status.getDescription()).isEqualTo(expected.message());
        assertThat(status.getCode()).isEqualTo(expected.status().getCode());
    }

    /** The status of a call that must fail. */
    public static Status statusOf(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isInstanceOf(StatusRuntimeException.class);
        return ((StatusRuntimeException) thrown).getStatus();
    }

    @Override
    public void close() {
        server.close();
        snapshotThreads.shutdownNow();
    }
}
