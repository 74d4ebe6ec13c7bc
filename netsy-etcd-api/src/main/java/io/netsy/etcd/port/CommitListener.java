package io.netsy.etcd.port;

import io.netsy.etcd.state.KeyEvent;
import io.netsy.replication.model.Entry;
import java.util.List;

/** Is told of every commit, in order, by one thread, after the state was published and before clients are answered. */
@FunctionalInterface
public interface CommitListener {
    /** Must not block. */
    void onCommitted(Commit commit);

    /**
     * A group of entries that were committed together.
     *
     * @param state the state after the last of them
     * @param entries all of them, in order
     * @param revisions those that changed keys, ascending
     */
    record Commit(CommittedState state, List<Entry> entries, List<RevisionEvents> revisions) {}

    /** All changes of one revision, in sub-revision order. */
    record RevisionEvents(long revision, List<KeyEvent> events) {}
}
