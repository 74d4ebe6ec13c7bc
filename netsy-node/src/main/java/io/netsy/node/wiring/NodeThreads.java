package io.netsy.node.wiring;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The node's threads beside those that its parts own.
 *
 * @param reads runs reads that may block on the disk: few threads and a bounded queue, which refuses beyond it
 * @param watches runs the watch hub's short tasks, one at a time
 * @param io virtual threads for whatever waits for the network
 * @param timer fires short tasks; none of them blocks
 */
record NodeThreads(ExecutorService reads, ExecutorService watches, ExecutorService io, ScheduledExecutorService timer)
        implements AutoCloseable {
    private static final int READ_THREADS = 4;
    private static final int MAX_QUEUED_READS = 10_000;

    static NodeThreads start() {
        ThreadPoolExecutor reads = new ThreadPoolExecutor(
                READ_THREADS,
                READ_THREADS,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_QUEUED_READS),
                Thread.ofPlatform().name("netsy-read-", 0).daemon().factory());
        reads.allowCoreThreadTimeOut(true);
        return new NodeThreads(
                reads,
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("netsy-watch").daemon().factory()),
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("netsy-io-", 0).factory()),
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("netsy-timer").daemon().factory()));
    }

    /** Runs a task again and again; a failure of one run is the task's to handle. */
    void every(Duration period, Runnable task) {
        var _ = timer.scheduleWithFixedDelay(task, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        watches.shutdownNow();
        reads.shutdownNow();
        io.shutdownNow();
    }
}
