package io.netsy.etcd.state;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Forgets what a compaction made unreadable, key by key, so that the owner of the state can do it in slices.
 *
 * <p>After a compaction to C a key keeps everything above C and its newest revision at or below C: that one if it is
 * live, or if it is a tombstone of revision C itself, which a watch from C must still deliver (etcd semantics, section
 * 10). A key of which nothing is left leaves the index.
 */
public final class Compactor {
    private Compactor() {}

    /**
     * The state in which the given keys know only what the compaction left.
     *
     * @param state a state whose compact revision is at least {@code compactRevision}
     * @param purged receives the {@link RevisionId} of every revision that was forgotten
     */
    public static StoreState compact(StoreState state, long compactRevision, List<Bytes> keys, LongConsumer purged) {
        SortedTree<Bytes, KeyRecord> tree = state.keys();
        for (Bytes key : keys) {
            KeyRecord record = tree.get(key);
            if (record == null) {
                continue;
            }
            int kept = keptCount(record, compactRevision);
            for (int i = 0; i < record.revisionCount() - kept; i++) {
                purged.accept(Math.abs(record.idOf(i)));
            }
            if (kept == 0) {
                tree = tree.remove(key);
            } else if (kept < record.revisionCount()) {
                tree = tree.put(record.keepNewest(kept));
            }
        }
        return state.withKeys(tree, state.attachments());
    }

    private static int keptCount(KeyRecord record, long compactRevision) {
        int above = 0;
        while (above < record.revisionCount() && mainOf(record, newest(record, above)) > compactRevision) {
            above++;
        }
        if (above == record.revisionCount()) {
            return above;
        }
        int boundary = newest(record, above);
        boolean readable = record.idOf(boundary) > 0 || mainOf(record, boundary) == compactRevision;
        return readable ? above + 1 : above;
    }

    private static int newest(KeyRecord record, int back) {
        return record.revisionCount() - 1 - back;
    }

    private static long mainOf(KeyRecord record, int i) {
        return RevisionId.main(Math.abs(record.idOf(i)));
    }
}
