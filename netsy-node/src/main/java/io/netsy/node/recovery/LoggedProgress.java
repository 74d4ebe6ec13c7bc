package io.netsy.node.recovery;

import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Recovery's progress as log lines, at most one every two seconds. */
public final class LoggedProgress implements RecoveryProgress {
    private static final Logger LOG = LoggerFactory.getLogger(LoggedProgress.class);
    private static final long PERIOD_NANOS = 2_000_000_000L;

    private final LongSupplier nanoClock;
    private final long startNanos;
    private long nextLineNanos;
    private long chunks;

    /** @param nanoClock a monotonic clock */
    public LoggedProgress(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.startNanos = nanoClock.getAsLong();
        this.nextLineNanos = startNanos + PERIOD_NANOS;
    }

    private boolean isDue() {
        long now = nanoClock.getAsLong();
        if (now - nextLineNanos < 0) {
            return false;
        }
        nextLineNanos = now + PERIOD_NANOS;
        return true;
    }

    @Override
    public void snapshot(String name, long loadedBytes, long totalBytes) {
        if (loadedBytes >= totalBytes || isDue()) {
            LOG.info("loading snapshot name={} loaded_mib={} of_mib={}", name, loadedBytes >> 20, totalBytes >> 20);
        }
    }

    @Override
    public void replayed(long index, long revision, long chunkCount) {
        chunks = chunkCount;
        if (isDue()) {
            LOG.info("replaying the log index={} revision={} chunks={}", index, revision, chunkCount);
        }
    }

    @Override
    public void done(long index, long revision) {
        long tookMillis = (nanoClock.getAsLong() - startNanos) / 1_000_000;
        LOG.info("caught up index={} revision={} chunks={} after_ms={}", index, revision, chunks, tookMillis);
    }
}
