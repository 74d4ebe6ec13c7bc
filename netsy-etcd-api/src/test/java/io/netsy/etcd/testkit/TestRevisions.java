package io.netsy.etcd.testkit;

import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.state.Compactor;
import io.netsy.etcd.state.KeyEvent;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A revision store over a map. A test decides which values count as on disk, and sees which were read. */
public final class TestRevisions implements RevisionStore {
    private final ConcurrentNavigableMap<Long, StoredRevision> rows = new ConcurrentSkipListMap<>();
    private final Set<Long> onDisk = ConcurrentHashMap.newKeySet();
    private final AtomicLong valuesRead = new AtomicLong();

    void add(KeyEvent event) {
        KeyRecord record = event.record();
        rows.put(
                record.modId(),
                new StoredRevision(
                        record.modId(),
                        record.key(),
                        event.value(),
                        record.createRevision(),
                        record.version(),
                        record.leaseId()));
    }

    StoreState purge(StoreState state) {
        List<Bytes> keys = new ArrayList<>();
        state.keys().iterator().forEachRemaining(record -> keys.add(record.key()));
        return Compactor.compact(state, state.compactRevision(), keys, rows::remove);
    }

    List<StoredRevision> upTo(long revision) {
        return List.copyOf(rows.headMap(RevisionId.pack(revision, RevisionId.MAX_SUB), true)
                .values());
    }

    /** From here on no value written so far is in memory: reading it blocks. */
    public void evictAll() {
        onDisk.addAll(rows.keySet());
    }

    /** Loses everything that is stored, as a broken replica would. */
    public void loseAll() {
        rows.clear();
    }

    /** How many values were read so far, from memory or from disk. */
    public long valuesRead() {
        return valuesRead.get();
    }

    /** How many revisions are stored, tombstones included. */
    public int size() {
        return rows.size();
    }

    @Override
    public @Nullable Bytes cachedValue(long revisionId) {
        return onDisk.contains(revisionId) ? null : read(revisionId);
    }

    @Override
    public @Nullable Bytes[] values(long[] revisionIds) {
        return Arrays.stream(revisionIds).mapToObj(this::read).toArray(Bytes[]::new);
    }

    private @Nullable Bytes read(long revisionId) {
        valuesRead.incrementAndGet();
        StoredRevision row = rows.get(revisionId);
        return row == null ? null : row.value();
    }

    @Override
    public @Nullable StoredRevision revision(long revisionId) {
        return rows.get(revisionId);
    }

    @Override
    public void scan(long fromId, long toId, Predicate<StoredRevision> visitor) {
        for (StoredRevision row : rows.subMap(fromId, true, toId, true).values()) {
            if (!visitor.test(row)) {
                return;
            }
        }
    }
}
