package io.netsy.etcd.maintenance;

import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.state.StoreState;

/**
 * The hash of a store's history, bit for bit as etcd computes it (etcd semantics, section 15).
 *
 * @param revision up to which the history was hashed
 * @param compactRevision the compaction that was in force; -1 when there was none
 */
record KvHash(long revision, long compactRevision, int hash) {

    /** Reads the whole history up to a revision; blocks for as long as that takes. */
    static KvHash of(StoreState state, long revision, RevisionStore revisions) {
        HistoryHasher hasher = new HistoryHasher(state, revision, state.compactRevision());
        revisions.scan(0, hasher.lastId(), hasher::add);
        return hasher.hash();
    }
}
