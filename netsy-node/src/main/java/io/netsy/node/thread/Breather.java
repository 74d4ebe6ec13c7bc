package io.netsy.node.thread;

import io.netsy.node.clock.SystemClock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Keeps long work that nobody waits for from filling a processor or a disk, as PostgreSQL's vacuum does by its cost delay: whoever
 * does it calls {@link #rest} between small pieces. A low priority is not enough, for the system lets even the lowest go
 * on for some milliseconds before it looks at who has woken. For one thread.
 */
public final class Breather {
    /** Shorter work is not interrupted. */
    private static final long PIECE_NANOS = 300_000;

    /** Where others leave little of the processor already, the work is not to take for ever. */
    private static final long LONGEST_NANOS = Duration.ofMillis(20).toNanos();

    private final int times;
    private final LongSupplier nanoTime;
    private final LongConsumer pause;
    private long begunNanos;

    /** @param times so many times as long as a piece of work took is rested after it */
    public Breather(int times) {
        this(times, SystemClock.nanoTime(), LockSupport::parkNanos);
    }

    Breather(int times, LongSupplier nanoTime, LongConsumer pause) {
        this.times = times;
        this.nanoTime = nanoTime;
        this.pause = pause;
        this.begunNanos = nanoTime.getAsLong();
    }

    /** Rests, if the last time was long enough ago. */
    public void rest() {
        long worked = nanoTime.getAsLong() - begunNanos;
        if (worked >= PIECE_NANOS) {
            pause.accept(Math.min(times * worked, LONGEST_NANOS));
            begunNanos = nanoTime.getAsLong();
        }
    }
}
