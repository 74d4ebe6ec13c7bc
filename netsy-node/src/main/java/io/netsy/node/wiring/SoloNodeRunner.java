package io.netsy.node.wiring;

import io.netsy.node.clock.SystemClock;
import io.netsy.node.config.NodeConfig;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a single node until the process is told to stop, and ends it in good order. */
public final class SoloNodeRunner implements NodeRunner {
    private static final Logger LOG = LoggerFactory.getLogger(SoloNodeRunner.class);

    private final Runnable onServing;

    /** @param onServing is called once clients are served: the place for a banner */
    public SoloNodeRunner(Runnable onServing) {
        this.onServing = onServing;
    }

    @Override
    public int run(NodeConfig config) throws Exception {
        long startNanos = SystemClock.nanoTime().getAsLong();
        CountDownLatch ended = new CountDownLatch(1);
        AtomicBoolean clean = new AtomicBoolean();
        RunningNode node = RunningNode.start(config);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("netsy-shutdown").unstarted(() -> {
                    clean.set(node.stop());
                    ended.countDown();
                }));
        long startedMillis = (SystemClock.nanoTime().getAsLong() - startNanos) / 1_000_000;
        LOG.info("netsy serves name={} store={} after_ms={}", config.name(), node.store(), startedMillis);
        onServing.run();
        ended.await();
        return clean.get() ? 0 : 1;
    }
}
