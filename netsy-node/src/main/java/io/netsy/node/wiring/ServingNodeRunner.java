package io.netsy.node.wiring;

import io.netsy.node.clock.SystemClock;
import io.netsy.node.clock.SystemNodeClock;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.replica.Replica;
import io.netsy.node.wiring.objectstore.ObjectStores;
import io.netsy.replication.core.StandbyEffect.RebuildFromBucket;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a node until the process is told to stop, and ends it in good order. A standby that can't be continued is built anew
 * from the store in between.
 */
public final class ServingNodeRunner implements NodeRunner {
    private static final Logger LOG = LoggerFactory.getLogger(ServingNodeRunner.class);

    private final Runnable onServing;
    private volatile @Nullable RunningNode running;

    /** @param onServing is called once clients are served: the place for a banner */
    public ServingNodeRunner(Runnable onServing) {
        this.onServing = onServing;
    }

    /**
     * Gets ready what a start needs, on threads of its own, while the command line and the configuration are read.
     *
     * @param s3 whether the store seems to be a bucket
     */
    public static void preload(boolean s3) {
        Thread.ofPlatform().name("netsy-preload").daemon().start(Replica::preload);
        if (s3) {
            Thread.ofPlatform().name("netsy-preload-s3").daemon().start(ObjectStores::preloadS3);
        }
    }

    @Override
    public int run(NodeConfig config) throws Exception {
        long startNanos = SystemClock.nanoTime().getAsLong();
        RunningNode node = RunningNode.start(config);
        running = node;
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("netsy-shutdown").unstarted(this::end));
        long startedMillis = (SystemClock.nanoTime().getAsLong() - startNanos) / 1_000_000;
        LOG.info("netsy serves name={} store={} after_ms={}", config.name(), node.store(), startedMillis);
        onServing.run();
        while (true) {
            Object news =
                    CompletableFuture.anyOf(node.rebuild(), node.removed()).get();
            if (!(news instanceof RebuildFromBucket order)) {
                LOG.warn("{}: the process ends; what is in {} is of no use any more", news, config.dataDir());
                running = null;
                return node.stop() ? 0 : 1;
            }
            LOG.warn("built anew from the store name={} reason={}", config.name(), order.reason());
            node.stop();
            Rebuild.wipe(config.dataDir(), order, new SystemNodeClock()::newId);
            node = RunningNode.start(config);
            running = node;
        }
    }

    /** A process that was told to stop and did so in good order ends with 0, not with the number of the signal. */
    private void end() {
        RunningNode node = running;
        Runtime.getRuntime().halt(node == null || node.stop() ? 0 : 1);
    }
}
