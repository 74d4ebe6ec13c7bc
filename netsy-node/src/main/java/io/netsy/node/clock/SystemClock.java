package io.netsy.node.clock;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** The machine's own clocks, to be injected. */
public final class SystemClock {

    private SystemClock() {}

    /** The wall clock. */
    public static InstantSource wall() {
        return InstantSource.system();
    }

    /** Nanoseconds since an arbitrary moment, never going back; stands still while the machine is suspended. */
    public static LongSupplier nanoTime() {
        return System::nanoTime;
    }

    /** Waits that long, or until interrupted. */
    public static void sleep(Duration duration) throws InterruptedException {
        Thread.sleep(duration);
    }
}
