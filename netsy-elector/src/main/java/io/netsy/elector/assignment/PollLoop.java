package io.netsy.elector.assignment;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A source's thread: asks, waits as long as the asking said, and asks again, until it is closed. Safe for any thread. */
public final class PollLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);
    private static final Duration PAUSE_AFTER_BUG = Duration.ofSeconds(1);
    private static final Duration LONGEST_END = Duration.ofSeconds(5);

    private final String name;
    private final Poll poll;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private boolean wanted;
    private boolean closed;
    private @Nullable Thread thread;

    /** One asking; may block, and ends early when it is interrupted. */
    @FunctionalInterface
    public interface Poll {
        /** Answers the pause until the next one. */
        Duration poll();
    }

    /** @param name of the thread */
    public PollLoop(String name, Poll poll) {
        this.name = name;
        this.poll = poll;
    }

    /**
     * Starts the thread.
     *
     * @throws IllegalStateException when it was started or closed before
     */
    public void start() {
        lock.lock();
        try {
            if (thread != null || closed) {
                throw new IllegalStateException(name + " starts once");
            }
            thread = Thread.ofVirtual().name(name).start(this::run);
        } finally {
            lock.unlock();
        }
    }

    /** Has it ask now, or once more if it is asking. */
    public void wake() {
        lock.lock();
        try {
            wanted = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread and waits for its end, 5 s at most. Never throws. */
    @Override
    public void close() {
        Thread running;
        lock.lock();
        try {
            closed = true;
            running = thread;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
        if (running == null || running.equals(Thread.currentThread())) {
            return;
        }
        running.interrupt();
        try {
            if (!running.join(LONGEST_END)) {
                LOG.warn("{} has not ended within {} s", name, LONGEST_END.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        Duration pause = Duration.ZERO;
        while (mayGoOn(pause)) {
            try {
                pause = poll.poll();
            } catch (RuntimeException e) {
                LOG.error("{} failed and goes on", name, e);
                pause = PAUSE_AFTER_BUG;
            }
        }
    }

    /** Waits for the pause, a wake-up or the end; false at the end. */
    private boolean mayGoOn(Duration pause) {
        lock.lock();
        try {
            long left = pause.toNanos();
            while (!closed && !wanted && left > 0) {
                left = woken.awaitNanos(left);
            }
            wanted = false;
            return !closed;
        } catch (InterruptedException e) {
            // Only close() interrupts, and it has said so before.
            return !closed;
        } finally {
            lock.unlock();
        }
    }
}
