package io.netsy.etcd.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.netsy.etcd.proto.rpc.Compare;
import io.netsy.etcd.proto.rpc.Compare.CompareResult;
import io.netsy.etcd.proto.rpc.Compare.CompareTarget;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.testkit.TestEtcd;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Counts as a real etcd 3.6.14 showed them after the same requests. */
class KvMetersTest {
    private final TestEtcd etcd = new TestEtcd();

    @AfterEach
    void close() {
        etcd.close();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static PutRequest.Builder put(String key) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes("1"));
    }

    private static RangeRequest get(String key) {
        return RangeRequest.newBuilder().setKey(bytes(key)).build();
    }

    private static DeleteRangeRequest.Builder delete(String key) {
        return DeleteRangeRequest.newBuilder().setKey(bytes(key));
    }

    private static RequestOp putOp(String key) {
        return RequestOp.newBuilder().setRequestPut(put(key)).build();
    }

    private static RequestOp getOp(String key) {
        return RequestOp.newBuilder().setRequestRange(get(key)).build();
    }

    private static RequestOp deleteOp(String key) {
        return RequestOp.newBuilder().setRequestDeleteRange(delete(key)).build();
    }

    private static TxnRequest.Builder ifAbsent(String key) {
        return TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(bytes(key))
                        .setTarget(CompareTarget.MOD)
                        .setResult(CompareResult.EQUAL)
                        .setModRevision(0));
    }

    private void assertCounts(long ranges, long puts, long deletes, long transactions) {
        KvStats stats = etcd.kvMeters.stats();
        assertThat(new long[] {stats.ranges(), stats.puts(), stats.deletes(), stats.transactions()})
                .containsExactly(ranges, puts, deletes, transactions);
    }

    @Test
    void onePutCountsOnceAndItsPreviousValueIsARange() {
        etcd.kv.put(put("a").build());
        assertCounts(0, 1, 0, 0);
        etcd.kv.put(put("a").setPrevKv(true).build());
        assertCounts(1, 2, 0, 1);
        assertThat(etcd.kvMeters.stats().putBytes()).isEqualTo(4);
    }

    @Test
    void deletesCountRequestsNotKeys() {
        etcd.kv.put(put("a").build());
        etcd.kv.put(put("b").build());
        etcd.kv.deleteRange(delete("missing").build());
        assertCounts(0, 2, 1, 0);
        etcd.kv.deleteRange(delete("a").setRangeEnd(bytes("z")).build());
        assertCounts(0, 2, 2, 0);
    }

    @Test
    void createUpdateAndDeleteOfKubernetesAreNoTransactions() {
        TxnRequest create = ifAbsent("k").addSuccess(putOp("k")).build();
        etcd.kv.txn(create);
        assertCounts(1, 1, 0, 0);
        etcd.kv.txn(create.toBuilder().addFailure(getOp("k")).build());
        assertCounts(3, 1, 0, 0);
        etcd.kv.txn(ifAbsent("absent").addSuccess(deleteOp("k")).build());
        assertCounts(4, 1, 1, 0);
    }

    @Test
    void severalOperationsAreATransaction() {
        etcd.kv.txn(ifAbsent("k").addSuccess(getOp("k")).build());
        assertCounts(2, 0, 0, 1);
        etcd.kv.txn(TxnRequest.newBuilder()
                .addSuccess(putOp("k"))
                .addSuccess(putOp("j"))
                .addSuccess(getOp("k"))
                .build());
        assertCounts(3, 2, 0, 2);
    }

    @Test
    void nestedTransactionsCountWithTheirOwner() {
        TxnRequest inner = ifAbsent("k").addSuccess(putOp("k")).build();
        etcd.kv.txn(TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder().setRequestTxn(inner))
                .addSuccess(deleteOp("other"))
                .build());
        assertCounts(1, 1, 1, 1);
    }

    @Test
    void rangesAreTimedByOutcome() {
        etcd.kv.range(get("a"));
        RangeRequest future = get("a").toBuilder().setRevision(1_000).build();
        assertThatThrownBy(() -> etcd.kv.range(future)).hasMessageContaining("future revision");
        assertCounts(2, 0, 0, 0);
        assertThat(etcd.kvMeters.answeredRanges().count()).isEqualTo(1);
        assertThat(etcd.kvMeters.refusedRanges().count()).isEqualTo(1);
        assertThat(etcd.kvMeters.stats().slowRanges()).isZero();
    }

    @Test
    void whatTakesLongerThanAHundredMillisecondsIsSlow() {
        KvMeters meters = new KvMeters(() -> 100_000_001);
        meters.ranged(1, true);
        assertThat(meters.stats().slowRanges()).isZero();
        meters.ranged(0, true);
        assertThat(meters.stats().slowRanges()).isEqualTo(1);
    }

    @Test
    void aRefusedWriteIsNotCounted() {
        assertThatThrownBy(() -> etcd.kv.put(put("a").setLease(77).build())).hasMessageContaining("lease not found");
        assertCounts(0, 0, 0, 0);
    }
}
