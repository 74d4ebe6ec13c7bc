package io.netsy.etcd.watch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The newest revisions without a gap, kept in memory so that a watcher that is a little behind needs no disk, and so
 * that the last step of catching up takes less time than the next commit needs to come. Bounded in number and bytes.
 * Safe for any thread.
 */
final class RecentRevisions {
    private final WatchSettings.Memory bounds;
    private final Deque<WatchRevision> revisions = new ArrayDeque<>();
    private long weight;

    RecentRevisions(WatchSettings.Memory bounds) {
        this.bounds = bounds;
    }

    /** Adds revisions that follow the last one; others before them are forgotten. */
    synchronized void append(List<WatchRevision> added) {
        for (WatchRevision revision : added) {
            if (!revisions.isEmpty() && revisions.getLast().revision() + 1 != revision.revision()) {
                clear();
            }
            revisions.addLast(revision);
            weight += revision.weight();
        }
        while (revisions.size() > bounds.recentRevisions() || weight > bounds.recentBytes()) {
            weight -= revisions.removeFirst().weight();
        }
    }

    synchronized void clear() {
        revisions.clear();
        weight = 0;
    }

    /**
     * The revisions from {@code from} to {@code to} (both inclusive), cut after {@code mostRevisions}; empty when not
     * all of them are known.
     */
    synchronized Optional<List<WatchRevision>> slice(long from, long to, int mostRevisions) {
        if (revisions.isEmpty()
                || revisions.getFirst().revision() > from
                || revisions.getLast().revision() < to) {
            return Optional.empty();
        }
        List<WatchRevision> slice = new ArrayList<>();
        Iterator<WatchRevision> fromNewest = revisions.descendingIterator();
        while (fromNewest.hasNext()) {
            WatchRevision revision = fromNewest.next();
            if (revision.revision() < from) {
                break;
            }
            if (revision.revision() <= to) {
                slice.add(revision);
            }
        }
        List<WatchRevision> ascending = slice.reversed();
        return Optional.of(
                ascending.size() <= mostRevisions ? ascending : List.copyOf(ascending.subList(0, mostRevisions)));
    }
}
