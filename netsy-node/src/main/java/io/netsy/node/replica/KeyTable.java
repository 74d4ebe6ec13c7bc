package io.netsy.node.replica;

import io.netsy.etcd.state.KeyRecord;
import io.netsy.replication.model.Bytes;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A hash table of key records that turns into the sorted list of them; an array of references and nothing more, because
 * a million keys pass through it at start.
 */
final class KeyTable {
    private static final int INITIAL_SLOTS = 1024;

    private @Nullable KeyRecord[] slots = new KeyRecord[INITIAL_SLOTS];
    private int count;

    /** Adds a revision of a key; revisions come in order of id. */
    void add(Bytes key, KeyRecord.Fields fields) {
        int at = slotOf(slots, key);
        KeyRecord before = slots[at];
        if (before != null) {
            slots[at] = before.followedBy(fields);
            return;
        }
        slots[at] = KeyRecord.of(key, fields);
        if (++count > slots.length / 2) {
            grow();
        }
    }

    private static int slotOf(@Nullable KeyRecord[] slots, Bytes key) {
        int hash = key.hashCode();
        int mask = slots.length - 1;
        int at = (((hash ^ (hash >>> 16)) * 0x9e3779b9) >>> 7) & mask;
        for (KeyRecord record = slots[at]; record != null && !record.key().equals(key); record = slots[at]) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        @Nullable KeyRecord[] larger = new KeyRecord[slots.length * 2];
        for (KeyRecord record : slots) {
            if (record != null) {
                larger[slotOf(larger, record.key())] = record;
            }
        }
        slots = larger;
    }

    /** All records in order of key. The table is used up. */
    List<KeyRecord> sorted() {
        KeyRecord[] records = new KeyRecord[count];
        int to = 0;
        for (KeyRecord record : slots) {
            if (record != null) {
                records[to++] = record;
            }
        }
        slots = new KeyRecord[0];
        Arrays.parallelSort(records, Comparator.comparing(KeyRecord::key));
        return Arrays.asList(records);
    }
}
