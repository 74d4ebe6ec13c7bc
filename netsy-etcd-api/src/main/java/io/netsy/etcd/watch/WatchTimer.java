package io.netsy.etcd.watch;

import java.time.Duration;

/** Runs something later. Safe for any thread. */
@FunctionalInterface
public interface WatchTimer {
    /** Runs the task once after the delay, on any thread; the task is short and never blocks. */
    Timeout schedule(Duration delay, Runnable task);

    /** A task that waits. */
    @FunctionalInterface
    interface Timeout {
        /** Forgets the task if it has not begun, and keeps nothing of it in memory. */
        void cancel();
    }
}
