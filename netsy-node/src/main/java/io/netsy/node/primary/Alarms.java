package io.netsy.node.primary;

import java.util.PriorityQueue;

/** The times at which the core wants to be woken, in nanoseconds of the boot clock. For one thread. */
final class Alarms {
    private final PriorityQueue<Long> times = new PriorityQueue<>();

    void add(long atNanos) {
        times.add(atNanos);
    }

    /** Nanoseconds to the next one; never negative. */
    long nextNanos(long nowNanos) {
        Long next = times.peek();
        return next == null ? Long.MAX_VALUE : Math.max(next - nowNanos, 0);
    }

    /** Runs the action once if any time has come. */
    void fire(long nowNanos, Runnable action) {
        boolean due = false;
        while (!times.isEmpty() && times.peek() <= nowNanos) {
            times.poll();
            due = true;
        }
        if (due) {
            action.run();
        }
    }
}
