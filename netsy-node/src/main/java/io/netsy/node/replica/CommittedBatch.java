package io.netsy.node.replica;

import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.util.List;

/**
 * Entries that were committed together and wait to be applied.
 *
 * @param position the last of them
 * @param revisionCount how many staged revisions they are
 * @param sizeBytes about what they take in memory
 */
record CommittedBatch(LogPosition position, List<Entry> entries, int revisionCount, long sizeBytes) {
    private static final int ENTRY_BYTES = 64;
    private static final int CHANGE_BYTES = 160;

    static long sizeOf(Entry entry) {
        long size = ENTRY_BYTES;
        for (Change change : StagedRevisions.changesOf(entry)) {
            size += CHANGE_BYTES
                    + change.key().length()
                    + (change instanceof Change.Put put ? put.value().length() : 0);
        }
        return size;
    }
}
