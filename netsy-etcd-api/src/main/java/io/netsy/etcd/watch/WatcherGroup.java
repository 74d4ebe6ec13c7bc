package io.netsy.etcd.watch;

import io.netsy.replication.model.KeyRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The watchers of one key range: one evaluation for all of them. For one thread. */
final class WatcherGroup {
    private final KeyRange range;
    private final @Nullable Members[] bySelection = new Members[WatchSpec.Selection.COUNT];
    private int size;

    /** The events of the delivery in progress; empty between two. */
    private List<WatchEvent> matched = new ArrayList<>();

    /** The watchers of a group that want the same events in the same form. */
    record Members(WatchSpec.Selection selection, List<Watcher> watchers) {}

    WatcherGroup(KeyRange range) {
        this.range = range;
    }

    KeyRange range() {
        return range;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    void add(Watcher watcher) {
        WatchSpec.Selection selection = watcher.spec.selection();
        Members members = bySelection[selection.index()];
        if (members == null) {
            members = new Members(selection, new ArrayList<>());
            bySelection[selection.index()] = members;
        }
        watcher.position = members.watchers.size();
        members.watchers.add(watcher);
        size++;
    }

    /** Takes a watcher out; the last of its like takes its place, so that whoever walks backwards misses none. */
    void remove(Watcher watcher) {
        int slot = watcher.spec.selection().index();
        Members members = bySelection[slot];
        int position = watcher.position;
        if (members == null || position < 0 || members.watchers.get(position) != watcher) {
            throw new IllegalStateException("watcher %d is not in the group of %s".formatted(watcher.id, range));
        }
        Watcher last = members.watchers.removeLast();
        if (last != watcher) {
            members.watchers.set(position, last);
            last.position = position;
        }
        watcher.position = -1;
        size--;
        if (members.watchers.isEmpty()) {
            bySelection[slot] = null;
        }
    }

    /** Those that want the events of selection {@code index}, or null when there are none. */
    @Nullable
    Members members(int index) {
        return bySelection[index];
    }

    /** Whether anyone here wants previous values. */
    boolean wantsPrevious() {
        for (Members members : bySelection) {
            if (members != null && members.selection.previous()) {
                return true;
            }
        }
        return false;
    }

    /** Notes an event of the range; answers true for the first one since {@link #takeMatched}. */
    boolean note(WatchEvent event) {
        matched.add(event);
        return matched.size() == 1;
    }

    List<WatchEvent> takeMatched() {
        List<WatchEvent> taken = matched;
        matched = new ArrayList<>();
        return taken;
    }
}
