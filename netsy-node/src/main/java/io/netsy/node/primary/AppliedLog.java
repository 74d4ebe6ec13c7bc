package io.netsy.node.primary;

import io.netsy.etcd.port.RevisionStore;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.util.List;

/** Where entries go on this node: what was sequenced becomes readable to evaluations, what was committed is applied. */
public interface AppliedLog {
    /** Makes the values of an entry readable that was sequenced but is not committed. */
    void stage(Entry entry);

    /** Forgets what was staged and not committed: the term that sequenced it is over. */
    void discardStaged();

    /** Applies committed entries, in order and soon, without waiting for the disk. */
    void commit(LogPosition end, List<Entry> entries);

    /** Bytes that were committed and still wait for the disk. */
    long backlogBytes();

    /** The values, staged ones included. */
    RevisionStore revisions();
}
