package io.netsy.bench.clock;

/** A monotonic clock; only differences of its readings mean anything. Safe for any thread. */
@FunctionalInterface
public interface NanoClock {
    /** The machine's monotonic clock. */
    NanoClock SYSTEM = System::nanoTime;

    /** Nanoseconds since an arbitrary moment. */
    long nanos();
}
