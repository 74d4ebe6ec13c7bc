package io.netsy.etcd.server.rpc;

import io.grpc.Status;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs calls that took long, but never more than a few a second: when all are slow, the log must not make them slower.
 * Safe for any thread.
 */
final class SlowCalls {
    private static final Logger LOG = LoggerFactory.getLogger(SlowCalls.class);
    private static final long THRESHOLD_NANOS = Duration.ofMillis(300).toNanos();
    private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int LINES_PER_WINDOW = 5;

    /** Those that wait for somebody else as long as it takes. */
    private static final Set<String> PATIENT = Set.of("v3lockpb.Lock/Lock", "v3electionpb.Election/Campaign");

    private final LongSupplier nanoClock;
    private final AtomicLong windowStart = new AtomicLong();
    private final AtomicInteger linesInWindow = new AtomicInteger();
    private final AtomicLong left = new AtomicLong();

    SlowCalls(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    long now() {
        return nanoClock.getAsLong();
    }

    void ended(String method, long startedNanos, Status.Code code) {
        long now = nanoClock.getAsLong();
        long took = now - startedNanos;
        if (took >= THRESHOLD_NANOS && !PATIENT.contains(method)) {
            log(method, now, took, code);
        }
    }

    private void log(String method, long now, long took, Status.Code code) {
        long start = windowStart.get();
        if (now - start >= WINDOW_NANOS && windowStart.compareAndSet(start, now)) {
            linesInWindow.set(0);
        }
        if (linesInWindow.getAndIncrement() >= LINES_PER_WINDOW) {
            left.incrementAndGet();
            return;
        }
        LOG.warn(
                "slow request method={} took_ms={} code={} others_not_logged={}",
                method,
                took / 1_000_000,
                code,
                left.getAndSet(0));
    }
}
