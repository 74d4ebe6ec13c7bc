package io.netsy.node.wiring;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Tells once when there has been no primary for too long: etcd gives an election some time before it ends the streams that want a leader
 * (etcd semantics, on {@code hasleader}). For one thread.
 */
final class LeaderWatch {
    /** How often to look. */
    static final Duration PERIOD = Duration.ofMillis(500);

    /** As etcd's three election timeouts. */
    private static final Duration TOO_LONG = Duration.ofSeconds(3);

    private final BooleanSupplier hasLeader;
    private final LongSupplier nanoTime;
    private final Runnable lost;
    private long seenNanos;
    private boolean told;

    LeaderWatch(BooleanSupplier hasLeader, LongSupplier nanoTime, Runnable lost) {
        this.hasLeader = hasLeader;
        this.nanoTime = nanoTime;
        this.lost = lost;
        this.seenNanos = nanoTime.getAsLong();
    }

    void look() {
        long nowNanos = nanoTime.getAsLong();
        if (hasLeader.getAsBoolean()) {
            seenNanos = nowNanos;
            told = false;
        } else if (!told && nowNanos - seenNanos >= TOO_LONG.toNanos()) {
            told = true;
            lost.run();
        }
    }
}
