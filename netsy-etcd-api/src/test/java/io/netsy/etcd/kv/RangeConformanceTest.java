package io.netsy.etcd.kv;

import static io.netsy.etcd.testkit.Requests.NO_END;
import static io.netsy.etcd.testkit.Requests.bytes;
import static io.netsy.etcd.testkit.Requests.delete;
import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.Requests.range;
import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static io.netsy.etcd.testkit.TestEtcd.keys;
import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.RangeRequest.SortOrder;
import io.netsy.etcd.proto.rpc.RangeRequest.SortTarget;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.etcd.testkit.TestNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The cases of Range and Compact in section 21 of the etcd semantics, by their numbers. */
class RangeConformanceTest {
    private final TestEtcd etcd = new TestEtcd();

    @AfterEach
    void close() {
        etcd.close();
    }

    private void putAToE() {
        for (String key : new String[] {"a", "b", "c", "d", "e"}) {
            etcd.put(key, "value of " + key);
        }
    }

    private void compact(long revision) {
        var _ = etcd.kv.compact(
                CompactionRequest.newBuilder().setRevision(revision).build());
    }

    @Test
    void case01_emptyStore() {
        RangeResponse answer = etcd.range(range("a"));

        assertThat(answer.getCount()).isZero();
        assertThat(answer.getKvsList()).isEmpty();
        assertThat(answer.getHeader().getRevision()).isEqualTo(1);
        assertThat(answer.getHeader().getClusterId()).isEqualTo(TestNode.CLUSTER_ID);
        assertThat(answer.getHeader().getMemberId()).isEqualTo(TestNode.MEMBER_ID);
        assertThat(answer.getHeader().getRaftTerm()).isEqualTo(1);
    }

    @Test
    void case10_emptyAndInvertedRanges() {
        putAToE();

        for (RangeResponse answer : new RangeResponse[] {etcd.range(range("c", "c")), etcd.range(range("d", "b"))}) {
            assertThat(answer.getKvsList()).isEmpty();
            assertThat(answer.getCount()).isZero();
            assertThat(answer.getHeader().getRevision()).isEqualTo(6);
        }
        assertThat(etcd.range(range("d", "b").setRevision(3)).getCount()).isZero();
    }

    @Test
    void case11_rangesWithoutEnd() {
        putAToE();

        assertThat(etcd.keys(range("\0", NO_END))).containsExactly("a", "b", "c", "d", "e");
        assertThat(etcd.keys(range("c", NO_END))).containsExactly("c", "d", "e");
        assertThat(etcd.keys(range("b", "d"))).containsExactly("b", "c");
    }

    @Test
    void case12_limitTwoOfFive() {
        putAToE();

        RangeResponse two = etcd.range(range("a", NO_END).setLimit(2));
        assertThat(keys(two)).containsExactly("a", "b");
        assertThat(two.getMore()).isTrue();
        assertThat(two.getCount()).isEqualTo(5);

        RangeResponse five = etcd.range(range("a", NO_END).setLimit(5));
        assertThat(five.getKvsCount()).isEqualTo(5);
        assertThat(five.getMore()).isFalse();

        assertThat(etcd.range(range("a", NO_END).setLimit(-1)).getKvsCount()).isEqualTo(5);
        assertThat(etcd.range(range("a", NO_END).setLimit(Long.MAX_VALUE)).getKvsCount())
                .isEqualTo(5);
    }

    @Test
    void case13_countOnlyIgnoresTheLimitAndTouchesNoValue() {
        putAToE();
        long before = etcd.store.revisions().valuesRead();

        RangeResponse answer = etcd.range(range("a", NO_END).setCountOnly(true).setLimit(1));

        assertThat(answer.getKvsList()).isEmpty();
        assertThat(answer.getCount()).isEqualTo(5);
        assertThat(answer.getMore()).isFalse();
        assertThat(etcd.range(range("a", NO_END).setCountOnly(true).setRevision(4))
                        .getCount())
                .isEqualTo(3);
        assertThat(etcd.store.revisions().valuesRead()).isEqualTo(before);
    }

    @Test
    void case14_keysOnlyTouchesNoValue() {
        putAToE();
        etcd.put("c", "again");
        long before = etcd.store.revisions().valuesRead();

        KeyValue pair = etcd.range(range("c").setKeysOnly(true)).getKvs(0);

        assertThat(pair.getValue().isEmpty()).isTrue();
        assertThat(pair.getCreateRevision()).isEqualTo(4);
        assertThat(pair.getModRevision()).isEqualTo(7);
        assertThat(pair.getVersion()).isEqualTo(2);
        assertThat(etcd.range(range("a", NO_END).setKeysOnly(true)).getKvsCount())
                .isEqualTo(5);
        assertThat(etcd.store.revisions().valuesRead()).isEqualTo(before);
    }

    @Test
    void case14_keysOnlySortedByValueUsesTheRealValues() {
        etcd.put("a", "2");
        etcd.put("b", "1");

        RangeResponse answer = etcd.range(range("a", NO_END)
                .setKeysOnly(true)
                .setSortTarget(SortTarget.VALUE)
                .setSortOrder(SortOrder.ASCEND));

        assertThat(keys(answer)).containsExactly("b", "a");
        assertThat(answer.getKvsList()).allMatch(pair -> pair.getValue().isEmpty());
    }

    @Test
    void case15_filterCountsEverything() {
        putAToE();

        RangeResponse answer = etcd.range(range("a", NO_END).setMinModRevision(3));

        assertThat(keys(answer)).containsExactly("b", "c", "d", "e");
        assertThat(answer.getCount()).isEqualTo(5);
        assertThat(etcd.keys(range("a", NO_END).setMaxModRevision(4))).containsExactly("a", "b", "c");
        assertThat(etcd.keys(range("a", NO_END).setMinCreateRevision(5).setMaxCreateRevision(5)))
                .containsExactly("d");
    }

    @Test
    void case16_filterWithLimit() {
        putAToE();

        RangeResponse answer =
                etcd.range(range("a", NO_END).setMinModRevision(3).setLimit(2));

        assertThat(keys(answer)).containsExactly("b", "c");
        assertThat(answer.getMore()).isTrue();
        assertThat(answer.getCount()).isEqualTo(5);
    }

    @Test
    void case17_targetWithoutOrderSortsAscending() {
        etcd.put("c", "");
        etcd.put("b", "");
        etcd.put("a", "");

        assertThat(etcd.keys(range("a", NO_END).setSortTarget(SortTarget.CREATE)))
                .containsExactly("c", "b", "a");
    }

    @Test
    void case18_targetWithoutOrderAndLimitLooksAtTheFirstKeysOnly() {
        etcd.put("c", "");
        etcd.put("b", "");
        etcd.put("a", "");

        RangeResponse answer =
                etcd.range(range("a", NO_END).setSortTarget(SortTarget.MOD).setLimit(1));

        assertThat(keys(answer)).containsExactly("b");
        assertThat(answer.getMore()).isTrue();
        assertThat(answer.getCount()).isEqualTo(3);
    }

    @Test
    void case19_unknownSortOptions() {
        assertFails(EtcdError.INVALID_SORT_OPTION, () -> etcd.range(range("a").setSortOrderValue(7)));
        assertFails(EtcdError.INVALID_SORT_OPTION, () -> etcd.range(range("a").setSortTargetValue(-1)));
        assertFails(EtcdError.EMPTY_KEY, () -> etcd.range(range("").setSortOrderValue(7)));
    }

    @Test
    void case20_futureAndNegativeRevisions() {
        putAToE();

        assertFails(EtcdError.FUTURE_REVISION, () -> etcd.range(range("a").setRevision(7)));
        assertThat(etcd.range(range("a").setRevision(-1)).getKvsCount()).isEqualTo(1);
        assertThat(etcd.range(range("a").setRevision(6)).getKvsCount()).isEqualTo(1);
    }

    @Test
    void case21_oldRevision() {
        etcd.put("a", "1");
        etcd.put(put("a", "2"));
        var _ = etcd.kv.deleteRange(delete("a").build());
        etcd.put("a", "3");

        RangeResponse answer = etcd.range(range("a").setRevision(3));

        assertThat(answer.getHeader().getRevision()).isEqualTo(5);
        assertThat(answer.getKvs(0))
                .isEqualTo(KeyValue.newBuilder()
                        .setKey(bytes("a"))
                        .setValue(bytes("2"))
                        .setCreateRevision(2)
                        .setModRevision(3)
                        .setVersion(2)
                        .build());
        assertThat(etcd.range(range("a").setRevision(4)).getCount()).isZero();
        assertThat(etcd.range(range("a").setRevision(1)).getCount()).isZero();
    }

    @Test
    void case22_compaction() {
        putAToE();
        compact(5);

        assertThat(etcd.keys(range("a", NO_END).setRevision(5))).containsExactly("a", "b", "c", "d");
        assertFails(EtcdError.COMPACTED, () -> etcd.range(range("a").setRevision(4)));
        assertFails(EtcdError.COMPACTED, () -> compact(5));
        assertFails(EtcdError.FUTURE_REVISION, () -> compact(7));
        assertThat(etcd.revision()).isEqualTo(6);
    }

    @Test
    void case22_compactionToZeroSucceedsOnce() {
        compact(0);

        assertFails(EtcdError.COMPACTED, () -> compact(0));
        assertFails(EtcdError.COMPACTED, () -> compact(-5));
    }

    @Test
    void case23_deletedAtTheCompaction() {
        etcd.put("a", "1");
        var _ = etcd.kv.deleteRange(delete("a").build());
        etcd.put("b", "1");
        compact(3);
        etcd.store.purge();

        assertThat(etcd.range(range("a", NO_END).setRevision(3)).getCount()).isZero();
        // The tombstone of revision 3 is kept for a watch from there.
        assertThat(etcd.store.revisions().size()).isEqualTo(2);
    }

    @Test
    void case24_revisionAfterCompactionAndRestart() {
        etcd.put("a", "1");
        var _ = etcd.kv.deleteRange(delete("a").build());
        compact(3);

        try (TestEtcd restarted = etcd.restarted()) {
            assertThat(restarted.range(range("a")).getHeader().getRevision()).isEqualTo(3);
            assertFails(EtcdError.COMPACTED, () -> restarted.range(range("a").setRevision(2)));
        }
    }

    @Test
    void physicalCompactionAnswersAfterThePurge() {
        etcd.put("a", "1");
        etcd.put("a", "2");

        var _ = etcd.kv.compact(
                CompactionRequest.newBuilder().setRevision(3).setPhysical(true).build());

        assertThat(etcd.store.revisions().size()).isEqualTo(1);
    }

    @Test
    void compactionTooLateWaitsForThePurgeTooIfItWasToBePhysical() {
        etcd.put("a", "1");
        etcd.put("a", "2");
        compact(3);
        assertThat(etcd.store.revisions().size()).isEqualTo(2);

        assertFails(
                EtcdError.COMPACTED,
                () -> etcd.kv.compact(CompactionRequest.newBuilder()
                        .setRevision(2)
                        .setPhysical(true)
                        .build()));

        assertThat(etcd.store.revisions().size()).isEqualTo(1);
    }

    @Test
    void case84_pagesAtAPinnedRevision() {
        putAToE();
        RangeResponse first = etcd.range(range("a", NO_END).setLimit(2));
        var _ = etcd.kv.deleteRange(delete("a", NO_END).build());

        RangeResponse second = etcd.range(
                range("b\0", NO_END).setLimit(2).setRevision(first.getHeader().getRevision()));

        assertThat(keys(second)).containsExactly("c", "d");
        assertThat(second.getCount()).isEqualTo(3);
        assertThat(second.getMore()).isTrue();
        assertThat(second.getKvs(0).getValue()).isEqualTo(bytes("value of c"));
        assertThat(second.getHeader().getRevision()).isEqualTo(7);
    }

    @Test
    void descendingOrderIsTheReverseOfKeys() {
        putAToE();

        RangeResponse answer =
                etcd.range(range("a", NO_END).setSortOrder(SortOrder.DESCEND).setLimit(2));

        assertThat(keys(answer)).containsExactly("e", "d");
        assertThat(answer.getMore()).isTrue();
    }

    @Test
    void sortsByVersionAndValue() {
        etcd.put("a", "z");
        etcd.put("b", "y");
        etcd.put("b", "x");

        assertThat(etcd.keys(
                        range("a", NO_END).setSortTarget(SortTarget.VERSION).setSortOrder(SortOrder.DESCEND)))
                .containsExactly("b", "a");
        assertThat(etcd.keys(range("a", NO_END).setSortTarget(SortTarget.VALUE)))
                .containsExactly("b", "a");
        assertThat(etcd.keys(range("a", NO_END)
                        .setSortTarget(SortTarget.VALUE)
                        .setSortOrder(SortOrder.DESCEND)
                        .setLimit(1)))
                .containsExactly("a");
    }
}
