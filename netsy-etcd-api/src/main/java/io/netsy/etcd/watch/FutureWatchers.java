package io.netsy.etcd.watch;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** Watchers that wait for a revision still to come, by that revision. For one thread. */
final class FutureWatchers {
    private final NavigableMap<Long, Set<Watcher>> byRevision = new TreeMap<>();

    void add(Watcher watcher) {
        byRevision
                .computeIfAbsent(watcher.nextRevision, revision -> new LinkedHashSet<>())
                .add(watcher);
    }

    void remove(Watcher watcher) {
        Set<Watcher> waiting = byRevision.get(watcher.nextRevision);
        if (waiting != null && waiting.remove(watcher) && waiting.isEmpty()) {
            byRevision.remove(watcher.nextRevision);
        }
    }

    /** Whether anyone waits for exactly this revision. */
    boolean isAwaited(long revision) {
        return byRevision.containsKey(revision);
    }

    /** Takes out all who wait for the revision or an earlier one. */
    List<Watcher> takeUpTo(long revision) {
        List<Watcher> taken = new ArrayList<>();
        while (!byRevision.isEmpty() && byRevision.firstKey() <= revision) {
            taken.addAll(byRevision.pollFirstEntry().getValue());
        }
        return taken;
    }

    void clear() {
        byRevision.clear();
    }
}
