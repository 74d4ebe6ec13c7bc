package io.netsy.etcd.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Leases in the order in which something is due for them. Entries are not taken out when a lease ends or its time
 * changes; whoever polls one looks at the lease.
 */
final class DueQueue {
    private static final int SLACK = 1_000;

    private PriorityQueue<Due> queue = newQueue();

    private record Due(long atMillis, TimedLease lease) {}

    private static PriorityQueue<Due> newQueue() {
        return new PriorityQueue<>(Comparator.comparingLong(Due::atMillis));
    }

    void add(long atMillis, TimedLease lease) {
        queue.add(new Due(atMillis, lease));
    }

    /** Takes out the next lease that is due by now. */
    @Nullable
    TimedLease poll(long nowMillis) {
        Due next = queue.peek();
        if (next == null || next.atMillis > nowMillis) {
            return null;
        }
        return queue.remove().lease;
    }

    void clear() {
        queue.clear();
    }

    int size() {
        return queue.size();
    }

    /** Drops entries of leases that are gone, once they are the greater part: constant time on average. */
    void trim(LeaseTable alive) {
        if (queue.size() > 2 * alive.size() + SLACK) {
            List<Due> kept = new ArrayList<>(alive.size());
            queue.forEach(due -> {
                if (alive.holds(due.lease)) {
                    kept.add(due);
                }
            });
            queue = newQueue();
            queue.addAll(kept);
        }
    }
}
