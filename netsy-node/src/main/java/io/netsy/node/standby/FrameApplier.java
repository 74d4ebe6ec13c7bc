package io.netsy.node.standby;

import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.port.CommitListener.Commit;
import io.netsy.etcd.port.CommitListener.RevisionEvents;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.state.Compactor;
import io.netsy.etcd.state.StateMachine;
import io.netsy.etcd.state.StoreState;
import io.netsy.etcd.state.Transition;
import io.netsy.node.primary.AppliedLog;
import io.netsy.node.primary.PrimaryTerm.Tip;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Carries the state of a node that does not lead along the log: each committed frame is shown to reads, handed to the replica and
 * told to watchers, in this order. For one thread at a time.
 */
public final class FrameApplier {
    private static final long MAX_BACKLOG_BYTES = 64 << 20;

    private final AppliedLog log;
    private final List<CommitListener> listeners;
    private final Consumer<CommittedState> publish;
    private LogPosition position;
    private CommittedState committed;

    /** @param publish shows reads a newer state */
    public FrameApplier(AppliedLog log, List<CommitListener> listeners, Tip from, Consumer<CommittedState> publish) {
        this.log = log;
        this.listeners = List.copyOf(listeners);
        this.publish = publish;
        this.position = from.position();
        this.committed = stateOf(from);
    }

    /** A state as it is shown to reads. */
    public static CommittedState stateOf(Tip tip) {
        return new CommittedState(
                tip.state(), tip.position().index(), Math.max(tip.position().term(), 1));
    }

    /**
     * Applies the next frame.
     *
     * @param term what answers to clients show
     * @throws IllegalStateException when it does not follow, or can't be read
     */
    public void apply(Frame frame, long term) {
        if (!frame.follows(position)) {
            throw new IllegalStateException("%s is committed, but does not follow %s".formatted(frame, position));
        }
        List<Entry> entries = entriesOf(frame);
        List<RevisionEvents> revisions = new ArrayList<>();
        StoreState state = committed.state();
        for (Entry entry : entries) {
            log.stage(entry);
            Transition transition = StateMachine.apply(state, entry);
            state = transition.after();
            if (!transition.events().isEmpty()) {
                revisions.add(new RevisionEvents(state.revision(), transition.events()));
            }
        }
        position = frame.end();
        committed = new CommittedState(state, frame.lastIndex(), term);
        publish.accept(committed);
        log.commit(frame.end(), entries);
        Commit commit = new Commit(committed, entries, revisions);
        listeners.forEach(listener -> listener.onCommitted(commit));
    }

    /** Whether so much waits for the disk that no more should be applied for the moment. Any thread. */
    public boolean isFull() {
        return log.backlogBytes() > MAX_BACKLOG_BYTES;
    }

    /** Has keys forget what a compaction made unreadable. */
    void prune(long compactRevision, List<Bytes> keys, LongConsumer purged) {
        StoreState pruned = Compactor.compact(committed.state(), compactRevision, keys, purged);
        committed = new CommittedState(pruned, committed.index(), committed.term());
        publish.accept(committed);
    }

    private static List<Entry> entriesOf(Frame frame) {
        try {
            return frame.entries();
        } catch (FrameException e) {
            throw new IllegalStateException("a committed frame can't be read: " + e.getMessage(), e);
        }
    }

    /** The end of what is applied, and the state there. */
    public Tip tip() {
        return new Tip(position, committed.state());
    }
}
