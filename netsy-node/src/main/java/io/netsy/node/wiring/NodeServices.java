package io.netsy.node.wiring;

import io.grpc.BindableService;
import io.netsy.etcd.cluster.ClusterService;
import io.netsy.etcd.kv.KvLimits;
import io.netsy.etcd.kv.KvService;
import io.netsy.etcd.lease.LeaseClock;
import io.netsy.etcd.lease.LeaseExpiry;
import io.netsy.etcd.lease.LeaseService;
import io.netsy.etcd.lease.LeaseSettings;
import io.netsy.etcd.maintenance.EtcdVersion;
import io.netsy.etcd.maintenance.HashMemory;
import io.netsy.etcd.maintenance.MaintenanceService;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.watch.WatchAuthorizer;
import io.netsy.etcd.watch.WatchHub;
import io.netsy.etcd.watch.WatchPorts;
import io.netsy.etcd.watch.WatchRuntime;
import io.netsy.etcd.watch.WatchService;
import io.netsy.etcd.watch.WatchSettings;
import io.netsy.node.clock.SystemClock;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.primary.Sequencer;
import io.netsy.node.primary.TermListener;
import io.netsy.node.random.SystemRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** etcd's services over this node's ports, and what they want to be told. */
final class NodeServices implements TermListener {
    /** The etcd release whose behaviour the API has; kube-apiserver chooses its paths by it. */
    static final EtcdVersion VERSION = EtcdVersion.parse("3.6.14");

    private final LongSupplier nanoTime = SystemClock.nanoTime();
    private final LeaseClock leaseClock = new LeaseClock(nanoTime, LeaseSettings.DEFAULT);
    private final HashMemory hashMemory = new HashMemory();
    private final LeaseExpiry leaseExpiry;
    private final WatchHub watchHub;
    private final List<BindableService> services;

    NodeServices(NodeConfig config, Ports ports, NodeThreads threads) {
        this.leaseExpiry = new LeaseExpiry(ports.proposer(), leaseClock);
        this.watchHub = new WatchHub(
                new WatchPorts(ports.states(), ports.revisions(), ports.cluster(), WatchAuthorizer.PERMIT_ALL),
                new WatchRuntime(
                        threads.watches(),
                        threads.reads(),
                        (delay, task) -> {
                            var timeout = threads.timer().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                            return () -> timeout.cancel(false);
                        },
                        SystemRandom.secure()),
                watchSettings(config));
        this.services = List.of(
                new KvService(ports, kvLimits(config), threads.reads()),
                new WatchService(watchHub),
                new LeaseService(ports, LeaseSettings.DEFAULT, leaseClock, SystemRandom.secure()),
                new ClusterService(ports),
                new MaintenanceService(ports, VERSION, hashMemory, threads.reads()));
    }

    private static KvLimits kvLimits(NodeConfig config) {
        return new KvLimits(
                Math.toIntExact(config.limits().maxRequestBytes()),
                config.limits().maxTxnOps(),
                KvLimits.DEFAULT.maxInlineKeys());
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

    List<BindableService> services() {
        return services;
    }

    /** In the order in which a commit is told. */
    List<CommitListener> commitListeners() {
        return List.of(leaseClock, hashMemory, watchHub);
    }

    WatchHub watchHub() {
        return watchHub;
    }

    /** Ends leases whose time is over. */
    void expireLeases() {
        leaseExpiry.tick(nanoTime.getAsLong());
    }

    @Override
    public void onServing(CommittedState state) {
        leaseClock.start(state.state());
    }

    @Override
    public void onEnded(Sequencer.Ending ending) {
        leaseClock.stop();
        watchHub.onLeaderLost();
    }
}
