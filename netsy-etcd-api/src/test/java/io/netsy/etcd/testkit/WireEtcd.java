package io.netsy.etcd.testkit;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netsy.etcd.cluster.ClusterService;
import io.netsy.etcd.kv.KvLimits;
import io.netsy.etcd.kv.KvMeters;
import io.netsy.etcd.kv.KvService;
import io.netsy.etcd.lease.LeaseClock;
import io.netsy.etcd.lease.LeaseService;
import io.netsy.etcd.lease.LeaseSettings;
import io.netsy.etcd.maintenance.CompactionHashes;
import io.netsy.etcd.maintenance.EtcdVersion;
import io.netsy.etcd.maintenance.MaintenanceService;
import io.netsy.etcd.maintenance.snapshot.SnapshotSettings;
import io.netsy.etcd.maintenance.snapshot.Snapshots;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.server.EtcdServer;
import io.netsy.etcd.server.ServerParts;
import io.netsy.etcd.server.ServerSettings;
import io.netsy.etcd.watch.WatchAuthorizer;
import io.netsy.etcd.watch.WatchHub;
import io.netsy.etcd.watch.WatchPorts;
import io.netsy.etcd.watch.WatchRuntime;
import io.netsy.etcd.watch.WatchService;
import io.netsy.etcd.watch.WatchSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGeneratorFactory;

/** All services over a {@link TestStore}, behind the real server on a free loopback port, with the node's threads. */
public final class WireEtcd implements AutoCloseable {
    private static final int MAX_MESSAGE_BYTES = Integer.MAX_VALUE;

    public final TestStore store = new TestStore();
    public final TestNode node = new TestNode(store);
    public final TestClock clock = new TestClock();
    public final WatchHub hub;
    public final EtcdServer server;

    private final ExecutorService dispatcher = Executors.newSingleThreadExecutor();
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<ManagedChannel> channels = new ArrayList<>();

    /** How the server is started; a test of the server may set limits that are not public. */
    @FunctionalInterface
    public interface Starter {
        EtcdServer start(ServerSettings settings, ServerParts parts) throws Exception;
    }

    public WireEtcd() throws Exception {
        this(WatchSettings.DEFAULTS, EtcdServer::start);
    }

    public WireEtcd(WatchSettings watches, Starter starter) throws Exception {
        Ports ports = TestEtcd.portsOf(store, node);
        LeaseClock leases = new LeaseClock(clock, LeaseSettings.DEFAULT);
        CompactionHashes hashes = new CompactionHashes(store, store.revisions());
        hashes.start(store.committed().state());
        leases.start(store.committed().state());
        hub = new WatchHub(
                new WatchPorts(store, store.revisions(), node, WatchAuthorizer.PERMIT_ALL),
                new WatchRuntime(
                        dispatcher,
                        blocking,
                        (delay, task) -> {
                            var timeout = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                            return () -> timeout.cancel(false);
                        },
                        4096,
                        new SplittableRandom(1)),
                watches);
        store.addListener(leases);
        store.addListener(hashes);
        store.showPurges(hashes);
        store.addListener(hub);
        server = starter.start(
                ServerSettings.plaintext(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                new ServerParts(
                        List.of(
                                new KvService(ports, KvLimits.DEFAULT, blocking, new KvMeters(clock)),
                                new WatchService(hub),
                                new LeaseService(
                                        ports,
                                        LeaseSettings.DEFAULT,
                                        leases,
                                        RandomGeneratorFactory.getDefault().create(1)),
                                new ClusterService(ports),
                                new MaintenanceService(
                                        ports,
                                        EtcdVersion.parse("3.6.14"),
                                        hashes,
                                        new Snapshots(
                                                store.history(),
                                                node,
                                                SnapshotSettings.in(Path.of(System.getProperty("java.io.tmpdir"))),
                                                blocking),
                                        blocking)),
                        List.of(),
                        Map.of(),
                        store,
                        node,
                        EtcdVersion.parse("3.6.14"),
                        () -> "",
                        clock,
                        InstantSource.system(),
                        null));
    }

    /** A connection of its own, as etcd's clients make one: answers of any size. */
    public ManagedChannel connect() {
        ManagedChannel channel = NettyChannelBuilder.forAddress(server.clientAddress())
                .usePlaintext()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .build();
        channels.add(channel);
        return channel;
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        hub.stop();
        server.stop();
        timer.shutdownNow();
        dispatcher.shutdownNow();
        blocking.shutdownNow();
    }
}
