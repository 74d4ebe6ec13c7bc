package io.netsy.node.wiring;

import io.netsy.node.clock.NodeClock;
import io.netsy.node.clock.SystemNodeClock;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.StoreListener;
import io.netsy.node.wiring.objectstore.ObjectStores;
import io.netsy.node.wiring.objectstore.StoreEnvironments;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs an elector that is no node, until the process is told to stop: it needs the bucket and the way to the nodes, and no disk. */
public final class ElectorRunner implements NodeRunner {
    private static final Logger LOG = LoggerFactory.getLogger(ElectorRunner.class);

    @Override
    public int run(NodeConfig config) throws Exception {
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("netsy-shutdown").unstarted(() -> end(stop, stopped)));
        try {
            run(config, stop);
            return 0;
        } finally {
            stopped.countDown();
        }
    }

    /** Elects until it is told to stop. */
    static void run(NodeConfig config, CountDownLatch stop) throws Exception {
        NodeClock clock = new SystemNodeClock();
        try (ObjectStore store = ObjectStores.open(
                        StoreSettingsOf.config(config), StoreListener.NONE, StoreEnvironments.system());
                NodeThreads threads = NodeThreads.start();
                Election election = Election.open(config, clock, NodeStore.identify(store, clock), threads, null)) {
            if (election == null) {
                throw new IllegalStateException("nothing is elected; set cluster.nodes, and not cluster.primary");
            }
            election.startAlone();
            LOG.info("netsy elector runs name={} store={}", config.name(), store.describe());
            stop.await();
            LOG.info("stopping: the elector's role is given back");
        }
    }

    /** The process ends when all is given back, with 0 and not with the number of the signal. */
    private static void end(CountDownLatch stop, CountDownLatch stopped) {
        stop.countDown();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(0);
    }
}
