package io.netsy.node.objectstore;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a store takes from outside of itself: clocks, pauses and randomness.
 *
 * @param wallClock compared with the times of files, never with another machine's clock
 * @param nanoTime a clock of nanoseconds that never goes back, for durations
 * @param random thread safe; ids and jitter come from it
 */
public record StoreEnvironment(InstantSource wallClock, LongSupplier nanoTime, RandomGenerator random, Pause pause) {

    private static final int ID_BYTES = 8;

    /** Waits for a while; a test's returns at once. */
    @FunctionalInterface
    public interface Pause {
        void pause(Duration duration) throws InterruptedException;
    }

    /** Sixteen random characters of lower-case hexadecimal. */
    public String randomId() {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /** The time since a reading of {@link #nanoTime}. */
    public Duration since(long startNanos) {
        return Duration.ofNanos(nanoTime.getAsLong() - startNanos);
    }
}
