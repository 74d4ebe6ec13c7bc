package io.netsy.node.standby;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs tasks one at a time and in order, on whichever thread brings one while none is running. What one task did, the next one
 * sees. Between the wire and the disk of a standby this saves two hand-overs from thread to thread for each frame, which take
 * longer than the tasks do. So a task must be short and must not block; a task that comes from inside another runs after it.
 */
final class SerialExecutor {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /** Those that are in the queue or running: whoever raises it from 0 runs them all. */
    private final AtomicLong waiting = new AtomicLong();

    /** Has the task run, by the time this returns or soon after. It must not throw. */
    void take(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            do {
                tasks.remove().run();
            } while (waiting.decrementAndGet() > 0);
        }
    }
}
