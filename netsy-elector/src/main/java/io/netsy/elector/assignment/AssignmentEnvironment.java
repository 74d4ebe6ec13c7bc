package io.netsy.elector.assignment;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a source takes from outside of itself.
 *
 * @param bootNanos nanoseconds that never go back and go on through a suspend; every time that is compared is measured on it
 * @param wallClock for people to read, never compared
 * @param random thread safe; jitter and nonces come from it
 */
public record AssignmentEnvironment(LongSupplier bootNanos, InstantSource wallClock, RandomGenerator random) {
    /** Pauses are cut by up to one part in this many, so that candidates do not ask in step. */
    private static final int JITTER_SHARE = 5;

    public long nowNanos() {
        return bootNanos.getAsLong();
    }

    /** A pause of four to five fifths of this one. */
    public Duration jittered(Duration pause) {
        long nanos = pause.toNanos();
        return Duration.ofNanos(nanos - random.nextLong(nanos / JITTER_SHARE + 1));
    }
}
