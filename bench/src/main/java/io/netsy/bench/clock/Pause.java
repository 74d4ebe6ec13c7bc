package io.netsy.bench.clock;

import java.time.Duration;

/** Waits in real time: between the looks at a process that is starting, and while a server settles. */
public final class Pause {
    private Pause() {}

    /** Blocks the calling thread for this long. */
    public static void of(Duration length) throws InterruptedException {
        Thread.sleep(length);
    }
}
