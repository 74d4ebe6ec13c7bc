package io.netsy.etcd.watch;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.KeyRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the groups of watchers that a key concerns: single keys by hash, ranges by a {@link RangeTree}. For one thread.
 */
final class WatcherIndex {
    private final Map<Bytes, WatcherGroup> singles = new HashMap<>();
    private final RangeTree<WatcherGroup> ranges = new RangeTree<>();

    static WatcherIndex of(Collection<Watcher> watchers) {
        WatcherIndex index = new WatcherIndex();
        watchers.forEach(index::add);
        return index;
    }

    void add(Watcher watcher) {
        KeyRange range = watcher.spec.range();
        WatcherGroup group = isSingle(range)
                ? singles.computeIfAbsent(range.start(), key -> new WatcherGroup(range))
                : ranges.computeIfAbsent(range, WatcherGroup::new);
        group.add(watcher);
    }

    void remove(Watcher watcher) {
        KeyRange range = watcher.spec.range();
        boolean single = isSingle(range);
        WatcherGroup group = single ? singles.get(range.start()) : ranges.get(range);
        if (group == null) {
            throw new IllegalStateException("watcher %d of %s is not in the index".formatted(watcher.id, range));
        }
        group.remove(watcher);
        if (group.isEmpty()) {
            if (single) {
                singles.remove(range.start());
            } else {
                ranges.remove(range);
            }
        }
    }

    /** Visits the groups whose range holds the key. */
    void visitHolding(Bytes key, Consumer<WatcherGroup> visitor) {
        WatcherGroup single = singles.get(key);
        if (single != null) {
            visitor.accept(single);
        }
        ranges.visitHolding(key, visitor);
    }

    /** All watchers. */
    List<Watcher> watchers() {
        List<Watcher> all = new ArrayList<>();
        singles.values().forEach(group -> addMembers(group, all));
        ranges.visitAll(group -> addMembers(group, all));
        return all;
    }

    private static void addMembers(WatcherGroup group, List<Watcher> all) {
        for (int i = 0; i < WatchSpec.Selection.COUNT; i++) {
            WatcherGroup.@Nullable Members members = group.members(i);
            if (members != null) {
                all.addAll(members.watchers());
            }
        }
    }

    /** Whether the range holds one key and no other can ever be in it. */
    private static boolean isSingle(KeyRange range) {
        Bytes end = range.end();
        int length = range.start().length();
        return end != null && end.length() == length + 1 && end.array()[length] == 0 && end.startsWith(range.start());
    }
}
