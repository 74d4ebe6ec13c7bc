package io.netsy.etcd.maintenance;

import static io.netsy.etcd.testkit.Requests.NO_END;
import static io.netsy.etcd.testkit.Requests.delete;
import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.DefragmentRequest;
import io.netsy.etcd.proto.rpc.HashKVRequest;
import io.netsy.etcd.proto.rpc.HashKVResponse;
import io.netsy.etcd.proto.rpc.HashRequest;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.testkit.TestEtcd;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hashes of the etcd semantics, section 15, with its golden vectors. */
class HashConformanceTest {
    private static final long BATCH = 71;
    private static final String[] NAMES = {"alice", "bob", "celine", "dominik", "eve", "frederica", "gorge"};

    private TestEtcd etcd = new TestEtcd();

    @AfterEach
    void close() {
        etcd.close();
    }

    /** Puts 72 values, of which the first is the last one of the batch before. */
    private void putBatch(int batch) {
        for (long i = batch * BATCH; i <= (batch + 1) * BATCH; i++) {
            etcd.put(name(i), Long.toString(i));
        }
    }

    private static String name(long i) {
        if (i % 142 == 30) {
            return "zenek";
        }
        return i % BATCH == 30 ? "xavery" : NAMES[(int) (i % NAMES.length)];
    }

    private HashKVResponse hash(long revision) {
        return etcd.maintenance.hashKV(
                HashKVRequest.newBuilder().setRevision(revision).build());
    }

    private static Tuple triple(HashKVResponse answer) {
        return tuple(Integer.toUnsignedLong(answer.getHash()), answer.getCompactRevision(), answer.getHashRevision());
    }

    private void compact(long revision) {
        var _ = etcd.kv.compact(
                CompactionRequest.newBuilder().setRevision(revision).build());
    }

    @Test
    void emptyKeyspace() {
        assertThat(triple(hash(0))).isEqualTo(tuple(1_084_519_789L, -1L, 1L));
        etcd.put("a", "1");
        assertThat(triple(hash(-1))).isEqualTo(tuple(1_084_519_789L, -1L, -1L));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case65_goldenVectorsBehindTheCurrentRevision(boolean purging) {
        List<Tuple> hashes = new ArrayList<>();
        for (int batch = 0; batch < 3; batch++) {
            putBatch(batch);
            long revision = batch * BATCH + 35;
            hashes.add(triple(hash(revision)));
            compact(revision);
            if (purging) {
                etcd.store.purge();
            }
        }
        assertThat(hashes)
                .containsExactly(
                        tuple(4_082_599_214L, -1L, 35L),
                        tuple(2_279_933_401L, 35L, 106L),
                        tuple(3_284_231_217L, 106L, 177L));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case65_goldenVectorsAtTheCurrentRevision(boolean purging) {
        List<Tuple> hashes = new ArrayList<>();
        for (int batch = 0; batch < 3; batch++) {
            putBatch(batch);
            hashes.add(triple(hash(0)));
            compact(etcd.revision());
            if (purging) {
                etcd.store.purge();
            }
        }
        assertThat(hashes)
                .containsExactly(
                        tuple(1_913_897_190L, -1L, 73L),
                        tuple(224_860_069L, 73L, 145L),
                        tuple(1_565_167_519L, 145L, 217L));
    }

    @Test
    void case65_unchangedByCompactionToItAndDefragmentation() {
        putBatch(0);
        HashKVResponse before = hash(50);
        compact(50);
        etcd.store.purge();
        var _ = etcd.maintenance.defragment(DefragmentRequest.getDefaultInstance());

        assertThat(triple(hash(50))).isEqualTo(triple(before));
        assertThat(hash(50).getHeader().getRevision()).isEqualTo(73);
        compact(60);
        assertThat(triple(hash(50))).isEqualTo(triple(before));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyCompactionsHashIsWhatItWasBefore_askedOrNot(boolean purging) {
        etcd.put("a", "1");
        etcd.put("b", "1");
        etcd.put("a", "2");
        var _ = etcd.kv.deleteRange(delete("b").build());
        etcd.put("a", "3");
        HashKVResponse atFour;
        HashKVResponse atFive;
        try (TestEtcd asked = etcd.copy()) {
            atFour = asked.maintenance.hashKV(
                    HashKVRequest.newBuilder().setRevision(4).build());
            var _ = asked.kv.compact(
                    CompactionRequest.newBuilder().setRevision(4).build());
            atFive = asked.maintenance.hashKV(
                    HashKVRequest.newBuilder().setRevision(5).build());
        }
        compact(4);
        compact(5);
        if (purging) {
            etcd.store.purge();
        }

        assertThat(triple(hash(4))).isEqualTo(triple(atFour));
        assertThat(triple(hash(5))).isEqualTo(triple(atFive));
        assertThat(hash(5).getCompactRevision()).isEqualTo(4);
    }

    @Test
    void theHashesOfTenCompactionsAreKept() {
        putBatch(0);
        List<Tuple> before = new ArrayList<>();
        for (long revision = 10; revision < 22; revision++) {
            before.add(triple(hash(revision)));
            compact(revision);
            etcd.store.purge();
        }

        for (long revision = 12; revision < 22; revision++) {
            assertThat(triple(hash(revision))).isEqualTo(before.get((int) revision - 10));
        }
        assertFails(EtcdError.COMPACTED, () -> hash(11));
    }

    @Test
    void case65_unchangedByARestart() {
        putBatch(0);
        var _ = etcd.kv.deleteRange(delete("alice").build());
        compact(40);
        HashKVResponse before = hash(0);

        etcd = etcd.restarted();
        assertThat(triple(hash(0))).isEqualTo(triple(before));
    }

    @Test
    void case66_neverCompacted() {
        etcd.put("a", "1");

        assertThat(hash(0).getCompactRevision()).isEqualTo(-1);
        assertThat(hash(0).getHashRevision()).isEqualTo(2);
    }

    @Test
    void revisionsOutOfReach() {
        etcd.put("a", "1");
        etcd.put("a", "2");
        compact(3);

        assertFails(EtcdError.COMPACTED, () -> hash(2));
        assertFails(EtcdError.FUTURE_REVISION, () -> hash(4));
        assertThat(hash(3).getHashRevision()).isEqualTo(3);
    }

    @Test
    void compactedRevisionsCountTheSameBeforeAndAfterThePurge() {
        etcd.put("kept", "1");
        etcd.put("gone", "1");
        etcd.put("kept", "2");
        var _ = etcd.kv.deleteRange(delete("gone").build());
        compact(5);
        HashKVResponse before = hash(0);
        etcd.store.purge();

        assertThat(triple(hash(0))).isEqualTo(triple(before));

        var _ = etcd.kv.deleteRange(delete("a", NO_END).build());
        HashKVResponse nothingLives = hash(0);
        etcd.store.purge();
        assertThat(triple(hash(0))).isEqualTo(triple(nothingLives));
        assertThat(nothingLives.getHash()).isNotEqualTo(before.getHash());
    }

    @Test
    void hashOfEverythingCoversLeasesToo() {
        etcd.put(put("a", "1"));
        int before = everything();
        assertThat(everything()).isEqualTo(before);
        var _ = etcd.lease.leaseGrant(
                LeaseGrantRequest.newBuilder().setID(1).setTTL(10).build());

        assertThat(everything()).isNotEqualTo(before);
        int after = everything();
        etcd = etcd.restarted();
        assertThat(everything()).isEqualTo(after);
    }

    private int everything() {
        return etcd.maintenance.hash(HashRequest.getDefaultInstance()).getHash();
    }
}
