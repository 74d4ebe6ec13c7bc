package io.netsy.etcd.kv;

import static io.netsy.etcd.testkit.Requests.NO_END;
import static io.netsy.etcd.testkit.Requests.bytes;
import static io.netsy.etcd.testkit.Requests.createIs;
import static io.netsy.etcd.testkit.Requests.delete;
import static io.netsy.etcd.testkit.Requests.leaseIs;
import static io.netsy.etcd.testkit.Requests.modIs;
import static io.netsy.etcd.testkit.Requests.op;
import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.Requests.range;
import static io.netsy.etcd.testkit.Requests.txn;
import static io.netsy.etcd.testkit.Requests.valueIs;
import static io.netsy.etcd.testkit.Requests.versionIs;
import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.Compare;
import io.netsy.etcd.proto.rpc.Compare.CompareResult;
import io.netsy.etcd.proto.rpc.Compare.CompareTarget;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.TxnResponse;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.etcd.testkit.TestNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The cases of Txn in section 21 of the etcd semantics, by their numbers. */
class TxnConformanceTest {
    private static final Compare.Builder NEVER = versionIs("never", CompareResult.GREATER, 0);

    private final TestEtcd etcd = new TestEtcd();
    private final List<CommitListener.RevisionEvents> events = new ArrayList<>();

    TxnConformanceTest() {
        etcd.store.addListener(commit -> events.addAll(commit.revisions()));
    }

    @AfterEach
    void close() {
        etcd.close();
    }

    private TxnResponse run(TxnRequest.Builder request) {
        return etcd.kv.txn(request.build());
    }

    private boolean holds(Compare.Builder... compares) {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        for (Compare.Builder compare : compares) {
            request.addCompare(compare);
        }
        return run(request).getSucceeded();
    }

    private static ResponseHeader inner(long revision) {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }

    @Test
    void case27_emptyTransaction() {
        TxnResponse answer = run(txn());

        assertThat(answer.getSucceeded()).isTrue();
        assertThat(answer.getResponsesList()).isEmpty();
        assertThat(answer.getHeader())
                .isEqualTo(ResponseHeader.newBuilder()
                        .setClusterId(TestNode.CLUSTER_ID)
                        .setMemberId(TestNode.MEMBER_ID)
                        .setRevision(1)
                        .setRaftTerm(1)
                        .build());
    }

    @Test
    void case28_absentKeysInCompares() {
        assertThat(holds(valueIs("a", CompareResult.NOT_EQUAL, "x"))).isFalse();
        assertThat(holds(valueIs("a", CompareResult.EQUAL, ""))).isFalse();
        assertThat(holds(valueIs("a", CompareResult.LESS, "x"))).isFalse();
        assertThat(holds(versionIs("a", CompareResult.EQUAL, 0))).isTrue();
        assertThat(holds(createIs("a", CompareResult.EQUAL, 0))).isTrue();
        assertThat(holds(modIs("a", CompareResult.EQUAL, 0))).isTrue();
        assertThat(holds(leaseIs("a", CompareResult.EQUAL, 0))).isTrue();
        assertThat(holds(versionIs("a", CompareResult.GREATER, -1))).isTrue();
    }

    @Test
    void comparesOfAnExistingKey() {
        etcd.put("a", "1");
        etcd.put("a", "m");

        assertThat(holds(valueIs("a", CompareResult.EQUAL, "m"))).isTrue();
        assertThat(holds(valueIs("a", CompareResult.GREATER, "l"))).isTrue();
        assertThat(holds(valueIs("a", CompareResult.LESS, "l"))).isFalse();
        assertThat(holds(versionIs("a", CompareResult.EQUAL, 2), modIs("a", CompareResult.EQUAL, 3)))
                .isTrue();
        assertThat(holds(createIs("a", CompareResult.EQUAL, 2), modIs("a", CompareResult.NOT_EQUAL, 3)))
                .isFalse();
    }

    @Test
    void comparesWithMissingOrUnknownParts() {
        etcd.put("a", "1");
        Compare.Builder bare = Compare.newBuilder().setKey(bytes("a"));

        assertThat(holds(bare.clone().setTarget(CompareTarget.VERSION).setResult(CompareResult.GREATER)))
                .isTrue();
        assertThat(holds(bare.clone().setTarget(CompareTarget.VALUE).setResult(CompareResult.GREATER)))
                .isTrue();
        assertThat(holds(bare.clone().setResultValue(9).setVersion(77))).isTrue();
        assertThat(holds(bare.clone().setTargetValue(9).setResult(CompareResult.EQUAL)))
                .isTrue();
        assertThat(holds(bare.clone().setTargetValue(9).setResult(CompareResult.NOT_EQUAL)))
                .isFalse();
        // The union belongs to another target, so the number is missing.
        assertThat(holds(bare.clone().setTarget(CompareTarget.VERSION).setModRevision(1)))
                .isFalse();
    }

    @Test
    void case29_comparesOfRanges() {
        etcd.put("/a/1", "x");
        etcd.put("/a/2", "x");
        Compare.Builder below = createIs("/a/", CompareResult.LESS, 4).setRangeEnd(bytes(NO_END));
        assertThat(holds(below)).isTrue();
        etcd.put("/z", "y");

        assertThat(holds(below)).isFalse();
        assertThat(holds(leaseIs("/b", CompareResult.EQUAL, 0).setRangeEnd(bytes("/c"))))
                .isTrue();
        assertThat(holds(valueIs("/a/", CompareResult.EQUAL, "x").setRangeEnd(bytes("/b"))))
                .isTrue();
        assertThat(holds(valueIs("/a/", CompareResult.EQUAL, "x").setRangeEnd(bytes(NO_END))))
                .isFalse();
        assertThat(holds(valueIs("/b", CompareResult.EQUAL, "").setRangeEnd(bytes("/c"))))
                .isFalse();
        assertThat(holds(versionIs("/c", CompareResult.EQUAL, 0).setRangeEnd(bytes("/b"))))
                .isTrue();
    }

    @Test
    void case30_numberOfOperations() {
        TxnRequest.Builder many = TxnRequest.newBuilder();
        for (int i = 0; i < 128; i++) {
            many.addSuccess(op(put("key" + i, "")));
        }
        assertThat(run(many).getHeader().getRevision()).isEqualTo(2);
        many.addSuccess(op(put("one more", "")));
        assertFails(EtcdError.TOO_MANY_OPERATIONS, () -> run(many));

        TxnRequest.Builder compares = TxnRequest.newBuilder();
        for (int i = 0; i < 128; i++) {
            compares.addCompare(modIs("absent" + i, CompareResult.EQUAL, 0));
        }
        compares.addSuccess(op(txn()));
        assertThat(run(compares.clone()).getSucceeded()).isTrue();
        compares.setSuccess(0, op(txn(op(put("a", "")))));
        assertFails(EtcdError.TOO_MANY_OPERATIONS, () -> run(compares));
    }

    @Test
    void case31_duplicateKeys() {
        assertFails(EtcdError.DUPLICATE_KEY, () -> run(txn(op(put("a", "1")), op(put("a", "2")))));
        assertFails(EtcdError.DUPLICATE_KEY, () -> run(txn(op(put("a", "1")), op(delete("a", "b")))));
        assertFails(EtcdError.DUPLICATE_KEY, () -> run(txn(op(delete("a")), op(put("a", "1")))));
        assertFails(
                EtcdError.DUPLICATE_KEY,
                () -> run(TxnRequest.newBuilder().addFailure(op(put("a", "1"))).addFailure(op(put("a", "2")))));
        var _ = run(txn(op(delete("a", "c")), op(delete("b", "d")), op(put("d", "1"))));
        var _ = run(txn(op(put("a", "1")), op(range("a"))));
        assertThat(etcd.revision()).isEqualTo(3);
    }

    @Test
    void overlapsOfManyDeletes() {
        RequestOp[] deletes = {op(delete("a", "c")), op(delete("g", "k")), op(delete("c", "e")), op(delete("b", "h"))};
        for (String key : new String[] {"a", "d", "f", "j"}) {
            TxnRequest.Builder request = txn(deletes).addSuccess(op(put(key, "")));
            assertFails(EtcdError.DUPLICATE_KEY, () -> run(request));
        }
        assertThat(run(txn(deletes).addSuccess(op(put("k", "")))).getSucceeded())
                .isTrue();
    }

    @Test
    void case32_duplicatesInNestedTransactions() {
        TxnRequest.Builder either = txn(op(put("a", "then"))).addFailure(op(put("a", "else")));

        assertThat(run(txn(op(either))).getSucceeded()).isTrue();
        assertFails(EtcdError.DUPLICATE_KEY, () -> run(txn(op(either), op(either))));
        assertFails(EtcdError.DUPLICATE_KEY, () -> run(txn(op(either), op(put("a", "")))));
        assertFails(EtcdError.DUPLICATE_KEY, () -> run(txn(op(put("a", "")), op(either))));
        assertFails(EtcdError.DUPLICATE_KEY, () -> run(txn(op(either), op(delete("a")))));
    }

    @Test
    void case32_nestedDeletesCountAgainstLaterNestedPutsOnly() {
        RequestOp deleting = op(txn(op(delete("a"))));
        RequestOp putting = op(txn(op(put("a", "1"))));

        assertFails(EtcdError.DUPLICATE_KEY, () -> run(txn(deleting, putting)));
        assertFails(EtcdError.DUPLICATE_KEY, () -> run(txn(op(put("a", "1")), deleting)));

        TxnResponse answer = run(txn(putting, deleting, op(range("a"))));
        assertThat(answer.getHeader().getRevision()).isEqualTo(2);
        assertThat(answer.getResponses(2).getResponseRange().getCount()).isZero();
    }

    @Test
    void case33_deleteWithoutEndCoversNothing() {
        TxnResponse answer = run(txn(op(put("b", "1")), op(delete("a", NO_END).setPrevKv(true))));

        assertThat(answer.getHeader().getRevision()).isEqualTo(2);
        assertThat(answer.getResponses(1).getResponseDeleteRange().getPrevKvs(0).getValue())
                .isEqualTo(bytes("1"));
        assertThat(etcd.range(range("b")).getCount()).isZero();
        assertThat(events).hasSize(1);
        assertThat(events.getFirst().events())
                .extracting(event -> event.record().isLive())
                .containsExactly(true, false);
        assertThat(events.getFirst().events()).allMatch(event -> event.previous() == null);
    }

    @Test
    void case34_laterOperationsSeeEarlierOnes() {
        TxnResponse answer = run(txn(op(put("a", "1")), op(range("a")), op(delete("zzz"))));

        RangeResponse seen = answer.getResponses(1).getResponseRange();
        assertThat(seen.getHeader()).isEqualTo(inner(2));
        assertThat(seen.getKvs(0).getValue()).isEqualTo(bytes("1"));
        assertThat(seen.getKvs(0).getModRevision()).isEqualTo(2);
        assertThat(answer.getResponses(0).getResponsePut().getHeader()).isEqualTo(inner(2));
        assertThat(answer.getResponses(2).getResponseDeleteRange().getHeader()).isEqualTo(inner(2));
    }

    @Test
    void innerHeadersBeforeTheFirstChange() {
        etcd.put("a", "1");

        TxnResponse answer = run(txn(op(delete("zzz")), op(range("a")), op(put("b", "")), op(range("a"))));

        assertThat(answer.getResponses(0).getResponseDeleteRange().getHeader()).isEqualTo(inner(2));
        assertThat(answer.getResponses(1).getResponseRange().getHeader()).isEqualTo(inner(2));
        assertThat(answer.getResponses(3).getResponseRange().getHeader()).isEqualTo(inner(3));
    }

    @Test
    void anExplicitRevisionSeesTheStateBefore() {
        etcd.put("a", "old");

        TxnResponse answer =
                run(txn(op(put("a", "new").setPrevKv(true)), op(range("a").setRevision(2)), op(range("a"))));

        assertThat(answer.getResponses(0).getResponsePut().getPrevKv().getValue())
                .isEqualTo(bytes("old"));
        assertThat(answer.getResponses(1).getResponseRange().getKvs(0).getValue())
                .isEqualTo(bytes("old"));
        assertThat(answer.getResponses(2).getResponseRange().getKvs(0).getValue())
                .isEqualTo(bytes("new"));
    }

    @Test
    void case35_nestedComparesSeeTheStateBefore() {
        TxnRequest.Builder nested = txn(op(put("b", "then")))
                .addCompare(versionIs("a", CompareResult.GREATER, 0))
                .addFailure(op(put("b", "else")));

        TxnResponse answer = run(txn(op(put("a", "1")), op(nested)));

        assertThat(answer.getResponses(1).getResponseTxn().getSucceeded()).isFalse();
        assertThat(answer.getResponses(1).getResponseTxn().hasHeader()).isTrue();
        assertThat(answer.getResponses(1).getResponseTxn().getHeader()).isEqualTo(inner(0));
        assertThat(etcd.range(range("b")).getKvs(0).getValue()).isEqualTo(bytes("else"));
    }

    @Test
    void deeplyNestedPathsAreTakenApart() {
        TxnRequest.Builder succeeding = txn(op(put("x", "1"))).addFailure(op(put("w", "1")));
        TxnRequest.Builder failing = txn(op(put("v", "1"))).addCompare(NEVER).addFailure(op(put("y", "1")));
        TxnRequest.Builder middle = txn(op(succeeding), op(txn(op(failing))));

        TxnResponse answer = run(txn(op(put("a", "")), op(middle), op(put("z", ""))));

        TxnResponse second = answer.getResponses(1).getResponseTxn();
        assertThat(second.getResponses(0).getResponseTxn().getSucceeded()).isTrue();
        assertThat(second.getResponses(1)
                        .getResponseTxn()
                        .getResponses(0)
                        .getResponseTxn()
                        .getSucceeded())
                .isFalse();
        assertThat(etcd.keys(range("\0", NO_END))).containsExactly("a", "x", "y", "z");
        assertThat(events.getFirst().events())
                .extracting(event -> event.record().key().toString())
                .containsExactly("a", "x", "y", "z");
    }

    @Test
    void case36_keptValueOfAKeyCreatedInTheSameTransaction() {
        RequestOp nested = op(txn(op(put("k", "1"))));

        assertFails(
                EtcdError.KEY_NOT_FOUND, () -> run(txn(nested, op(put("k2", "").setIgnoreValue(true)))));

        assertThat(etcd.revision()).isEqualTo(1);
        assertThat(etcd.range(range("k")).getCount()).isZero();
    }

    @Test
    void keptValueOfAKeyDeletedInTheSameTransactionChangesNothing() {
        etcd.put("b", "1");

        assertFails(
                EtcdError.KEY_NOT_FOUND,
                () -> run(txn(op(delete("a", NO_END)), op(put("b", "").setIgnoreValue(true)))));

        assertThat(etcd.range(range("b")).getCount()).isEqualTo(1);
    }

    @Test
    void case37_futureRevisionInTheTakenBranchOnly() {
        RequestOp future = op(range("a").setRevision(100));

        assertFails(EtcdError.FUTURE_REVISION, () -> run(txn(op(put("a", "1")), future)));
        assertThat(etcd.range(range("a")).getCount()).isZero();
        assertThat(run(txn(op(put("a", "1"))).addFailure(future)).getSucceeded())
                .isTrue();
    }

    @Test
    void negativeRevisionsAreHeldAgainstTheCompaction() {
        etcd.put("a", "1");
        TxnRequest.Builder request = txn(op(range("a").setRevision(-1)));
        assertThat(run(request).getResponses(0).getResponseRange().getCount()).isEqualTo(1);

        var _ = etcd.kv.compact(CompactionRequest.newBuilder().setRevision(1).build());

        assertFails(EtcdError.COMPACTED, () -> run(request));
    }

    @Test
    void case38_badLeaseInTheTakenBranchOnly() {
        RequestOp leased = op(put("a", "1").setLease(99));

        assertThat(run(txn(op(put("b", ""))).addFailure(leased)).getSucceeded()).isTrue();
        assertFails(EtcdError.LEASE_NOT_FOUND, () -> run(txn(leased)));
        // In a transaction the kept value is missed before the lease; in a plain put it is the other way round.
        assertFails(
                EtcdError.KEY_NOT_FOUND,
                () -> run(txn(op(put("a", "").setIgnoreValue(true).setLease(99)))));
    }

    @Test
    void case39_operationWithoutRequest() {
        assertFails(EtcdError.KEY_NOT_FOUND, () -> run(txn(RequestOp.getDefaultInstance())));
        assertFails(
                EtcdError.KEY_NOT_FOUND, () -> run(TxnRequest.newBuilder().addFailure(RequestOp.getDefaultInstance())));
    }

    @Test
    void staticChecksReachEveryBranch() {
        assertFails(EtcdError.EMPTY_KEY, () -> run(txn().addCompare(modIs("", CompareResult.EQUAL, 0))));
        assertFails(EtcdError.EMPTY_KEY, () -> run(txn(op(txn().addFailure(op(delete("")))))));
        assertFails(
                EtcdError.VALUE_PROVIDED,
                () -> run(txn().addFailure(op(put("a", "1").setIgnoreValue(true)))));
    }

    @Test
    void case41_readOnlyTransactions() {
        etcd.put("a", "1");

        TxnResponse plain = run(txn(op(range("a"))));
        assertThat(plain.getHeader().getRevision()).isEqualTo(2);
        assertThat(plain.getResponses(0).getResponseRange().getHeader()).isEqualTo(inner(2));

        TxnResponse nested = run(txn(op(txn(op(range("a"))))));
        assertThat(nested.getHeader().getRevision()).isEqualTo(2);
        assertThat(nested.getResponses(0).getResponseTxn().getHeader()).isEqualTo(inner(0));
        assertThat(etcd.store.log()).hasSize(1);
    }

    @Test
    void changesNothingWhenTheTakenBranchOnlyReads() {
        etcd.put("a", "1");

        TxnResponse answer = run(txn(op(put("a", "2"))).addCompare(NEVER).addFailure(op(range("a"))));

        assertThat(answer.getSucceeded()).isFalse();
        assertThat(answer.getHeader().getRevision()).isEqualTo(2);
        assertThat(answer.getResponses(0).getResponseRange().getKvs(0).getValue())
                .isEqualTo(bytes("1"));
        assertThat(etcd.store.log()).hasSize(1);
    }

    @Test
    void case82_kubernetesCreateConflict() {
        etcd.put("/registry/a", "1");

        TxnResponse answer =
                run(txn(op(put("/registry/a", "2"))).addCompare(modIs("/registry/a", CompareResult.EQUAL, 0)));

        assertThat(answer.getSucceeded()).isFalse();
        assertThat(answer.getResponsesList()).isEmpty();
        assertThat(answer.getHeader().getRevision()).isEqualTo(2);
    }

    @Test
    void case83_kubernetesUpdateOfADeletedObject() {
        TxnResponse answer = run(txn(op(put("a", "2")))
                .addCompare(modIs("a", CompareResult.EQUAL, 5))
                .addFailure(op(range("a"))));

        assertThat(answer.getSucceeded()).isFalse();
        assertThat(answer.getResponsesCount()).isEqualTo(1);
        assertThat(answer.getResponses(0).getResponseRange().getKvsList()).isEmpty();
    }

    @Test
    void serializableOnlyWhenEveryRangeIs() {
        etcd.store.holdConfirmations();
        RequestOp local = op(range("a").setSerializable(true));

        assertThat(run(txn(local).addFailure(local)).getSucceeded()).isTrue();
        assertThat(TxnEvaluator.isSerializable(txn(local, op(range("a"))).build()))
                .isFalse();
        assertThat(TxnEvaluator.isSerializable(TxnRequest.getDefaultInstance())).isFalse();
    }
}
