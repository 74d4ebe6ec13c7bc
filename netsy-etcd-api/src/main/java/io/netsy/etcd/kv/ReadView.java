package io.netsy.etcd.kv;

import io.netsy.etcd.state.KeyRecord;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.KeyRange;
import java.util.function.Predicate;

/**
 * One state and its values, as a read sees them.
 *
 * @param revision the revision that counts as the current one: that of the state, or inside a transaction that has
 *     changed something the next one
 * @param maxVisited keys that one walk may touch, tombstones included, before it is {@link UnreadableException}
 */
record ReadView(StoreState state, long revision, ValueReader values, int maxVisited) {
    /** Everything the store has, however long it takes. */
    static ReadView unlimited(StoreState state, ValueReader values) {
        return new ReadView(state, state.revision(), values, Integer.MAX_VALUE);
    }

    /** Visits the keys that exist now, in order, until the visitor answers false. */
    void visitLive(KeyRange range, Predicate<KeyRecord> visitor) {
        walk(range, record -> !record.isLive() || visitor.test(record));
    }

    /** Visits the keys that existed at a revision, in order, until the visitor answers false. */
    void visitAt(KeyRange range, long at, StoreState.RevisionVisitor visitor) {
        walk(range, record -> {
            long id = record.idAt(at);
            return id <= 0 || visitor.visit(record, id);
        });
    }

    private void walk(KeyRange range, Predicate<KeyRecord> visitor) {
        if (range.isEmpty()) {
            return;
        }
        if (maxVisited == Integer.MAX_VALUE) {
            state.keys().visit(range.start(), range.end(), visitor);
            return;
        }
        int[] visited = new int[1];
        state.keys().visit(range.start(), range.end(), record -> {
            if (++visited[0] > maxVisited) {
                throw new UnreadableException("too large for this thread");
            }
            return visitor.test(record);
        });
    }
}
