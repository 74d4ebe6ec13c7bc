package io.netsy.etcd.kv;

import static io.netsy.etcd.testkit.Requests.NO_END;
import static io.netsy.etcd.testkit.Requests.bytes;
import static io.netsy.etcd.testkit.Requests.delete;
import static io.netsy.etcd.testkit.Requests.op;
import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.Requests.range;
import static io.netsy.etcd.testkit.Requests.txn;
import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.proto.rpc.TxnResponse;
import io.netsy.etcd.testkit.Calls;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.etcd.testkit.TestStore;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which reads are answered on the spot, which are handed over, and what a compaction does to those in between. */
class ReadsTest {
    private final Queue<Runnable> handedOver = new ArrayDeque<>();
    private Executor executor = handedOver::add;
    private final TestEtcd etcd = new TestEtcd(new TestStore(), task -> executor.execute(task));
    private final KVGrpc.KVStub calls = KVGrpc.newStub(etcd.kv.getChannel());

    @AfterEach
    void close() {
        etcd.close();
    }

    private CompletableFuture<RangeResponse> start(RangeRequest.Builder request) {
        return Calls.start(call -> calls.range(request.build(), call));
    }

    private static void assertFailed(EtcdError expected, CompletableFuture<?> answer) {
        assertFails(expected, () -> {
            throw answer.exceptionNow();
        });
    }

    private void putMany(int count) {
        for (int i = 0; i < count; i++) {
            etcd.put("key%05d".formatted(i), "");
        }
    }

    private void compactAndPurge() {
        var _ = etcd.kv.compact(
                CompactionRequest.newBuilder().setRevision(etcd.revision()).build());
        etcd.store.purge();
    }

    @Test
    void whatIsInMemoryIsAnsweredOnTheSpot() {
        etcd.put("a", "1");

        assertThat(start(range("a")).join().getKvs(0).getValue()).isEqualTo(bytes("1"));
        assertThat(handedOver).isEmpty();
    }

    @Test
    void aValueThatIsNotInMemoryIsReadElsewhere() {
        etcd.put("a", "1");
        etcd.store.revisions().evictAll();

        CompletableFuture<RangeResponse> answer = start(range("a"));
        CompletableFuture<TxnResponse> txn =
                Calls.start(call -> calls.txn(txn(op(range("a"))).build(), call));
        assertThat(answer).isNotDone();
        assertThat(txn).isNotDone();
        assertThat(start(range("a").setKeysOnly(true))).isCompleted();

        handedOver.forEach(Runnable::run);
        assertThat(answer.join().getKvs(0).getValue()).isEqualTo(bytes("1"));
        assertThat(txn.join().getResponses(0).getResponseRange().getKvs(0).getValue())
                .isEqualTo(bytes("1"));
    }

    @Test
    void anOlderRevisionOfAKeyIsReadElsewhere() {
        etcd.put("a", "1");
        etcd.put("a", "2");

        CompletableFuture<RangeResponse> answer = start(range("a").setRevision(2));
        assertThat(answer).isNotDone();
        handedOver.remove().run();
        assertThat(answer.join().getKvs(0).getValue()).isEqualTo(bytes("1"));
    }

    @Test
    void largeRangesAreReadElsewhere() {
        putMany(1_001);

        CompletableFuture<RangeResponse> answer = start(range("\0", NO_END));
        assertThat(answer).isNotDone();
        handedOver.remove().run();
        assertThat(answer.join().getKvsCount()).isEqualTo(1_001);

        assertThat(start(range("\0", NO_END).setLimit(10))).isCompleted();
        assertThat(start(range("\0", NO_END).setCountOnly(true))).isCompleted();
        assertThat(start(range("key00001", NO_END))).isCompleted();
    }

    @Test
    void tombstonesCountForTheSizeOfARange() {
        putMany(1_001);
        var _ = etcd.kv.deleteRange(delete("\0", NO_END).build());

        CompletableFuture<RangeResponse> answer = start(range("\0", NO_END));
        assertThat(answer).isNotDone();
        handedOver.remove().run();
        assertThat(answer.join().getCount()).isZero();
    }

    @Test
    void aCompactionOnTheWayMakesTheNewestBeReadAgain() {
        etcd.put("a", "1");
        etcd.store.revisions().evictAll();
        CompletableFuture<RangeResponse> answer = start(range("a"));
        etcd.put("a", "2");
        compactAndPurge();

        handedOver.remove().run();

        assertThat(answer.join().getKvs(0).getValue()).isEqualTo(bytes("2"));
        assertThat(answer.join().getHeader().getRevision()).isEqualTo(3);
    }

    @Test
    void aCompactionOnTheWayTakesAnOldRevision() {
        etcd.put("a", "1");
        etcd.store.revisions().evictAll();
        CompletableFuture<RangeResponse> answer = start(range("a").setRevision(2));
        etcd.put("a", "2");
        compactAndPurge();

        handedOver.remove().run();

        assertFailed(EtcdError.COMPACTED, answer);
    }

    @Test
    void aCompactionThatTookNothingNeededChangesNothing() {
        etcd.put("a", "1");
        etcd.store.revisions().evictAll();
        CompletableFuture<RangeResponse> answer = start(range("a").setRevision(2));
        etcd.put("b", "2");
        compactAndPurge();

        handedOver.remove().run();

        assertThat(answer.join().getKvs(0).getValue()).isEqualTo(bytes("1"));
    }

    @Test
    void aBrokenReplicaIsNotTakenForACompaction() {
        etcd.put("a", "1");
        etcd.store.revisions().evictAll();
        etcd.store.revisions().loseAll();
        CompletableFuture<RangeResponse> answer = start(range("a"));

        handedOver.remove().run();

        Status status = Status.fromThrowable(answer.exceptionNow());
        assertThat(status.getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(status.getDescription()).contains("revision 2, sub-revision 0 is not stored");
    }

    @Test
    void tooManyReadsAreRefused() {
        etcd.put("a", "1");
        etcd.store.revisions().evictAll();
        executor = task -> {
            throw new RejectedExecutionException();
        };

        assertFailed(EtcdError.TOO_MANY_REQUESTS, start(range("a")));
    }

    @Test
    void nobodyReadsForAClientThatWentAway() {
        etcd.put("a", "1");
        etcd.store.revisions().evictAll();
        Context.CancellableContext client = Context.current().withCancellation();
        client.run(() -> {
            var _ = start(range("a"));
        });
        client.cancel(null);
        long before = etcd.store.revisions().valuesRead();

        handedOver.remove().run();

        assertThat(etcd.store.revisions().valuesRead()).isEqualTo(before);
    }

    @Test
    void aClientThatWentAwayCancelsNothingThatWasSequenced() {
        etcd.store.holdCommits();
        Context.CancellableContext client = Context.current().withCancellation();
        client.run(() -> {
            var _ = Calls.<PutResponse>start(call -> calls.put(put("a", "1").build(), call));
        });
        client.cancel(null);
        etcd.store.releaseCommits();

        assertThat(etcd.range(range("a")).getCount()).isEqualTo(1);
    }

    @Test
    void linearizableReadsWaitForTheRightToAnswer() {
        etcd.store.holdConfirmations();
        CompletableFuture<RangeResponse> answer = start(range("a"));
        assertThat(start(range("a").setSerializable(true))).isCompleted();
        assertThat(answer).isNotDone();
        etcd.put("a", "1");

        etcd.store.confirm();
        assertThat(answer.join().getCount()).isEqualTo(1);
    }

    @Test
    void withoutTheRightToAnswerNothingIsRead() {
        etcd.store.holdConfirmations();
        CompletableFuture<RangeResponse> answer = start(range("a"));

        etcd.store.refuseConfirmation(EtcdError.NO_LEADER);
        assertFailed(EtcdError.NO_LEADER, answer);
    }
}
