package io.netsy.etcd.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KeyRecordTest {
    private static final Bytes KEY = Bytes.utf8("key");

    private static KeyRecord.Fields put(long revision) {
        return new KeyRecord.Fields(RevisionId.pack(revision, 0), revision, 1, 0);
    }

    private static KeyRecord.Fields tombstone(long revision) {
        return KeyRecord.Fields.tombstone(RevisionId.pack(revision, 0));
    }

    private static List<Long> ids(KeyRecord record) {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < record.revisionCount(); i++) {
            ids.add(record.idOf(i));
        }
        return ids;
    }

    @Test
    void findsTheRevisionOfEachMoment() {
        Random random = new Random(1);
        NavigableMap<Long, Long> signedIds = new TreeMap<>();
        KeyRecord record = KeyRecord.of(KEY, put(5));
        signedIds.put(5L, RevisionId.pack(5, 0));
        long revision = 5;
        for (int i = 0; i < 500; i++) {
            revision += 1 + random.nextInt(3);
            boolean live = random.nextInt(4) > 0;
            record = record.followedBy(live ? put(revision) : tombstone(revision));
            signedIds.put(revision, (live ? 1 : -1) * RevisionId.pack(revision, 0));
        }
        for (long at = 0; at <= revision + 2; at++) {
            var expected = signedIds.floorEntry(at);
            assertThat(record.idAt(at)).isEqualTo(expected == null ? 0 : expected.getValue());
        }
        assertThat(record.idAt(Long.MAX_VALUE)).isEqualTo(signedIds.lastEntry().getValue());
        assertThat(ids(record)).containsExactlyElementsOf(signedIds.values());
    }

    @Test
    void theNewestOfSeveralChangesInOneRevisionCounts() {
        KeyRecord record = KeyRecord.of(KEY, new KeyRecord.Fields(RevisionId.pack(5, 0), 5, 1, 0))
                .followedBy(KeyRecord.Fields.tombstone(RevisionId.pack(5, 1)));

        assertThat(record.idAt(5)).isEqualTo(-RevisionId.pack(5, 1));
        assertThat(record.idAt(4)).isZero();
        assertThat(record.isLive()).isFalse();
    }

    @Test
    void refusesToGoBack() {
        KeyRecord record = KeyRecord.of(KEY, put(5));

        assertThatThrownBy(() -> record.followedBy(put(5))).isInstanceOf(IllegalArgumentException.class);
    }

    /** Successors that were tried and dropped, of any record in the chain, change nothing for the others. */
    @Test
    void successorsDoNotDisturbOneAnother() {
        Random random = new Random(2);
        List<KeyRecord> records = new ArrayList<>();
        List<List<Long>> expected = new ArrayList<>();
        records.add(KeyRecord.of(KEY, put(1)));
        expected.add(ids(records.getFirst()));
        for (int i = 0; i < 2_000; i++) {
            int from = random.nextInt(3) == 0 ? random.nextInt(records.size()) : records.size() - 1;
            KeyRecord base = records.get(from);
            long revision = base.modRevision() + 1 + random.nextInt(3);
            KeyRecord next = base.followedBy(random.nextBoolean() ? put(revision) : tombstone(revision));
            List<Long> ids = new ArrayList<>(expected.get(from));
            ids.add((next.isLive() ? 1 : -1) * next.modId());
            records.add(next);
            expected.add(ids);
        }
        for (int i = 0; i < records.size(); i++) {
            assertThat(ids(records.get(i))).isEqualTo(expected.get(i));
        }
    }

    @Test
    void keepsTheNewest() {
        KeyRecord record = KeyRecord.of(KEY, put(1));
        for (long revision = 2; revision <= 9; revision++) {
            record = record.followedBy(put(revision));
        }
        KeyRecord kept = record.keepNewest(3);

        assertThat(ids(kept)).containsExactly(RevisionId.pack(7, 0), RevisionId.pack(8, 0), RevisionId.pack(9, 0));
        assertThat(kept.idAt(6)).isZero();
        assertThat(ids(kept.followedBy(put(10)))).hasSize(4);
        assertThat(record.revisionCount()).isEqualTo(9);
    }
}
