package io.netsy.node.replica;

import io.netsy.replication.model.LogPosition;

/**
 * What a replica's file says of itself; changed in the same transaction as the rows it speaks of.
 *
 * @param position the last applied entry
 * @param revision the store revision there
 * @param compactRevision the newest compaction there, -1 when there was none
 * @param purgedRevision the newest compaction whose rows are physically gone
 * @param rowCount rows of the revision table
 */
record ReplicaMeta(LogPosition position, long revision, long compactRevision, long purgedRevision, long rowCount) {
    /** An empty store. */
    static final ReplicaMeta START = new ReplicaMeta(LogPosition.START, 1, -1, -1, 0);

    ReplicaMeta at(LogPosition newPosition) {
        return new ReplicaMeta(newPosition, revision, compactRevision, purgedRevision, rowCount);
    }

    ReplicaMeta withRows(long newRevision, long added) {
        return new ReplicaMeta(position, newRevision, compactRevision, purgedRevision, rowCount + added);
    }

    ReplicaMeta compacted(long newCompactRevision) {
        return new ReplicaMeta(position, revision, newCompactRevision, purgedRevision, rowCount);
    }

    ReplicaMeta purged(long newPurgedRevision) {
        return new ReplicaMeta(position, revision, compactRevision, newPurgedRevision, rowCount);
    }
}
