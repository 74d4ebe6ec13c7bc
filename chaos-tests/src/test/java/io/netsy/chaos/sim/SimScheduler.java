package io.netsy.chaos.sim;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;

/**
 * Virtual time, and everything that happens in it: one task after the other, by time and then by the order they were asked
 * for. All chance of a run comes from its one source, so a seed says everything.
 */
final class SimScheduler {
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000 * MILLI;

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::atNanos).thenComparingLong(Task::sequence));
    private final Random random;
    private long nowNanos;
    private long sequence;
    private long done;

    private record Task(long atNanos, long sequence, Runnable action) {}

    SimScheduler(long seed) {
        this.random = new Random(seed);
    }

    void after(long delayNanos, Runnable action) {
        at(nowNanos + delayNanos, action);
    }

    /** At that time, or now if it is over. */
    void at(long atNanos, Runnable action) {
        tasks.add(new Task(Math.max(atNanos, nowNanos), sequence++, action));
    }

    /** Does the next task; false when there is none. */
    boolean step() {
        Task task = tasks.poll();
        if (task == null) {
            return false;
        }
        nowNanos = task.atNanos();
        done++;
        task.action().run();
        return true;
    }

    long now() {
        return nowNanos;
    }

    /** How many tasks were done. */
    long done() {
        return done;
    }

    Random random() {
        return random;
    }

    boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    long between(long min, long max) {
        return max <= min ? min : random.nextLong(min, max);
    }

    UUID newId() {
        return new UUID(random.nextLong(), random.nextLong());
    }
}
