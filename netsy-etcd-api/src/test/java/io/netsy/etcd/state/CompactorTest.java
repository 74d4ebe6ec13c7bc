package io.netsy.etcd.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.KeyRange;
import io.netsy.replication.model.RevisionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a compaction leaves, against the rule applied to the plain list of all changes. */
class CompactorTest {
    private static final int KEYS = 12;
    private static final int REVISIONS = 120;

    /** All changes ever: key, tombstone or not, by revision id. */
    private final TreeMap<Long, Change> history = new TreeMap<>();

    private StoreState state = StoreState.EMPTY;

    private void change(Random random) {
        List<Change> changes = new ArrayList<>();
        long revision = state.revision() + 1;
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            Bytes key = Bytes.utf8("key" + random.nextInt(KEYS));
            changes.add(
                    random.nextInt(3) == 0 ? new Change.Delete(key) : new Change.Put(key, Bytes.EMPTY, revision, 1, 0));
            history.put(RevisionId.pack(revision, i), changes.getLast());
        }
        state = StateMachine.apply(state, new Entry.Transaction(revision, changes))
                .after();
    }

    private Set<Long> expectedLeft(long compactRevision) {
        Map<Bytes, Long> newestAtCompaction = new HashMap<>();
        Set<Long> left = new TreeSet<>();
        history.forEach((id, change) -> {
            if (RevisionId.main(id) > compactRevision) {
                left.add(id);
            } else {
                newestAtCompaction.put(change.key(), id);
            }
        });
        newestAtCompaction.values().stream()
                .filter(id -> history.get(id) instanceof Change.Put || RevisionId.main(id) == compactRevision)
                .forEach(left::add);
        return left;
    }

    private static Map<Bytes, Long> readAt(StoreState state, long revision) {
        Map<Bytes, Long> found = new TreeMap<>();
        state.visitAt(KeyRange.ALL, revision, (record, id) -> {
            found.put(record.key(), id);
            return true;
        });
        return found;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void leavesWhatIsReadableAndNothingElse(long seed) {
        Random random = new Random(seed);
        long compacted = 0;
        Set<Long> purged = new TreeSet<>();
        while (state.revision() < REVISIONS) {
            change(random);
            if (random.nextInt(15) == 0) {
                compacted += 1 + random.nextInt((int) (state.revision() - compacted));
                compactInSlices(compacted, random, purged);
                assertLeft(compacted, purged);
            }
        }
    }

    private void compactInSlices(long revision, Random random, Set<Long> purged) {
        StoreState before = state;
        state = StateMachine.apply(state, new Entry.Compaction(revision)).after();
        List<Bytes> keys = new ArrayList<>();
        state.keys().iterator().forEachRemaining(record -> keys.add(record.key()));
        keys.add(Bytes.utf8("no such key"));
        while (!keys.isEmpty()) {
            List<Bytes> slice = keys.subList(0, 1 + random.nextInt(keys.size()));
            state = Compactor.compact(state, revision, slice, purged::add);
            slice.clear();
        }
        for (long at = revision; at <= state.revision(); at++) {
            assertThat(readAt(state, at)).isEqualTo(readAt(before, at));
        }
        assertThat(state.countLive(KeyRange.ALL)).isEqualTo(before.countLive(KeyRange.ALL));
    }

    private void assertLeft(long compacted, Set<Long> purged) {
        Set<Long> known = new TreeSet<>();
        state.keys().iterator().forEachRemaining(record -> {
            for (int i = 0; i < record.revisionCount(); i++) {
                known.add(Math.abs(record.idOf(i)));
            }
        });
        assertThat(known).isEqualTo(expectedLeft(compacted));
        Set<Long> both = new TreeSet<>(purged);
        both.addAll(known);
        assertThat(both).isEqualTo(history.keySet());
        assertThat(purged).doesNotContainAnyElementsOf(known);
    }
}
