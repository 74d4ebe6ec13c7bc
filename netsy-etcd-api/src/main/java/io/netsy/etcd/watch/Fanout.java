package io.netsy.etcd.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who sees which of a run of revisions: each event is matched once, each group's messages are made once, and
 * only handing them over is done for each watcher. For one thread.
 */
final class Fanout {
    private final PreviousValues previousValues;
    private List<WatcherGroup> touched = new ArrayList<>();

    /** Takes what was found. It may take watchers out of their group, but only those it was just given. */
    interface Sink {
        /** The watcher is to get the events from position {@code from} on; there is at least one. */
        void deliver(Watcher watcher, EventBatch batch, int from);

        /** There are events for the watcher, but not all of their previous values were found. */
        void lacksPrevious(Watcher watcher);
    }

    Fanout(PreviousValues previousValues) {
        this.previousValues = previousValues;
    }

    /**
     * Goes through the revisions, which ascend. A watcher gets nothing below its {@link Watcher#nextRevision}.
     */
    void fanOut(WatcherIndex index, List<WatchRevision> revisions, Sink sink) {
        for (WatchRevision revision : revisions) {
            for (WatchEvent event : revision.events()) {
                Consumer<WatcherGroup> note = group -> {
                    if (group.note(event)) {
                        touched.add(group);
                    }
                };
                index.visitHolding(event.key(), note);
            }
        }
        List<WatcherGroup> groups = touched;
        touched = new ArrayList<>();
        for (WatcherGroup group : groups) {
            deliver(group, group.takeMatched(), sink);
        }
    }

    private void deliver(WatcherGroup group, List<WatchEvent> events, Sink sink) {
        for (int i = 0; i < WatchSpec.Selection.COUNT; i++) {
            WatcherGroup.@Nullable Members members = group.members(i);
            if (members != null) {
                deliver(members, events, sink);
            }
        }
    }

    private void deliver(WatcherGroup.Members members, List<WatchEvent> events, Sink sink) {
        WatchSpec.Selection selection = members.selection();
        List<WatchEvent> selected = selection.selectsAll()
                ? events
                : events.stream().filter(selection::selects).toList();
        if (selected.isEmpty()) {
            return;
        }
        boolean complete = !selection.previous() || previousValues.resolve(selected);
        EventBatch batch = complete ? new EventBatch(selected, selection.previous()) : null;
        List<Watcher> watchers = members.watchers();
        for (int i = watchers.size() - 1; i >= 0; i--) {
            Watcher watcher = watchers.get(i);
            if (batch == null) {
                sink.lacksPrevious(watcher);
                continue;
            }
            int from = batch.firstFrom(watcher.nextRevision);
            if (from < batch.size()) {
                sink.deliver(watcher, batch, from);
            }
        }
    }
}
