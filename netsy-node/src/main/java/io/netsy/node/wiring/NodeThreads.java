package io.netsy.node.wiring;

import io.netsy.node.thread.Unhurried;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The node's threads beside those that its parts own.
 *
 * @param reads runs reads that may block on the disk: few threads and a bounded queue, which refuses beyond it
 * @param passwords hashes passwords, which keeps a processor busy: one thread and a bounded queue
 * @param watches runs the watch hub's short tasks, one at a time
 * @param snapshots gives each snapshot for a client a thread until it is sent, and refuses more than two
 * @param upkeep for work that takes the processor and that nobody waits for: one thread of the lowest priority
 * @param io virtual threads for whatever waits for the network
 * @param timer fires short tasks; none of them blocks
 */
record NodeThreads(
        ExecutorService reads,
        ExecutorService passwords,
        ExecutorService watches,
        ExecutorService snapshots,
        ExecutorService upkeep,
        ExecutorService io,
        ScheduledExecutorService timer)
        implements AutoCloseable {
    private static final int READ_THREADS = 4;
    private static final int MAX_QUEUED_READS = 10_000;
    private static final int PASSWORD_THREADS = 1;
    private static final int MAX_QUEUED_PASSWORDS = 200;
    private static final int MAX_SNAPSHOTS = 2;

    static NodeThreads start() {
        return new NodeThreads(
                bounded("netsy-read-", READ_THREADS, MAX_QUEUED_READS),
                bounded("netsy-password-", PASSWORD_THREADS, MAX_QUEUED_PASSWORDS),
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("netsy-watch").daemon().factory()),
                new ThreadPoolExecutor(
                        0,
                        MAX_SNAPSHOTS,
                        10,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        Thread.ofPlatform().name("netsy-snapshot-", 0).daemon().factory()),
                Executors.newSingleThreadExecutor(
                        Unhurried.named("netsy-upkeep").factory()),
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("netsy-io-", 0).factory()),
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("netsy-timer").daemon().factory()));
    }

    /** So many threads at most, which end when they have nothing to do, and a queue that refuses beyond its limit. */
    private static ExecutorService bounded(String name, int threads, int maxQueued) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                threads,
                threads,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(maxQueued),
                Thread.ofPlatform().name(name, 0).daemon().factory());
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Runs a task again and again until that is cancelled; a failure of one run is the task's to handle. */
    ScheduledFuture<?> every(Duration period, Runnable task) {
        return timer.scheduleWithFixedDelay(task, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        watches.shutdownNow();
        snapshots.shutdownNow();
        upkeep.shutdownNow();
        reads.shutdownNow();
        passwords.shutdownNow();
        io.shutdownNow();
    }
}
