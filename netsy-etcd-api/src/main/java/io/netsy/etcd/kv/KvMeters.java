package io.netsy.etcd.kv;

import io.netsy.etcd.meter.Histogram;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.ResponseOp;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.TxnResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The figures of the KV service, kept from its answers. Safe for any thread; counting neither locks nor allocates.
 *
 * <p>etcd counts within its store; counting what was answered comes to the same, save for writes whose outcome nobody
 * was told.
 */
public final class KvMeters {
    /** What takes longer is slow (etcd semantics, section 2). */
    public static final Duration SLOW = Duration.ofMillis(100);

    private static final long SLOW_NANOS = SLOW.toNanos();
    private static final Duration FIRST_BOUND = Duration.ofNanos(100_000);
    private static final int BUCKETS = 20;

    private final LongSupplier nanoClock;
    private final LongAdder ranges = new LongAdder();
    private final LongAdder puts = new LongAdder();
    private final LongAdder deletes = new LongAdder();
    private final LongAdder transactions = new LongAdder();
    private final LongAdder putBytes = new LongAdder();
    private final LongAdder slowRanges = new LongAdder();
    private final Histogram answered = Histogram.ofSeconds(FIRST_BOUND, BUCKETS);
    private final Histogram refused = Histogram.ofSeconds(FIRST_BOUND, BUCKETS);

    /** @param nanoClock never goes back */
    public KvMeters(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** The figures at this moment. */
    public KvStats stats() {
        return new KvStats(
                ranges.sum(), puts.sum(), deletes.sum(), transactions.sum(), putBytes.sum(), slowRanges.sum());
    }

    /** How long range requests took that were answered. */
    public Histogram answeredRanges() {
        return answered;
    }

    /** How long range requests took that were refused. */
    public Histogram refusedRanges() {
        return refused;
    }

    long now() {
        return nanoClock.getAsLong();
    }

    void ranged(long startedNanos, boolean success) {
        long took = nanoClock.getAsLong() - startedNanos;
        (success ? answered : refused).record(took);
        ranges.increment();
        if (took > SLOW_NANOS) {
            slowRanges.increment();
        }
    }

    void put(PutRequest request) {
        transactIf(countPut(request) > 1);
    }

    void deleted(DeleteRangeRequest request) {
        transactIf(countDelete(request) > 1);
    }

    /** A transaction was answered: etcd reads what it compares in one transaction, and writes in another. */
    void transacted(TxnRequest request, TxnResponse answer) {
        int compares = compares(request, answer);
        ranges.add(compares);
        int operations = countAll(branch(request, answer), answer.getResponsesList());
        if (TxnEvaluator.isReadOnly(request)) {
            transactIf(compares + operations > 1);
        } else {
            transactIf(compares > 1);
            transactIf(operations > 1);
        }
    }

    private void transactIf(boolean several) {
        if (several) {
            transactions.increment();
        }
    }

    private static List<RequestOp> branch(TxnRequest request, TxnResponse answer) {
        return answer.getSucceeded() ? request.getSuccessList() : request.getFailureList();
    }

    /** Compares of a transaction and of those nested in the branches that were taken. */
    private static int compares(TxnRequest request, TxnResponse answer) {
        int compares = request.getCompareCount();
        List<RequestOp> operations = branch(request, answer);
        for (int i = 0; i < operations.size(); i++) {
            if (operations.get(i).hasRequestTxn()) {
                compares += compares(
                        operations.get(i).getRequestTxn(),
                        answer.getResponses(i).getResponseTxn());
            }
        }
        return compares;
    }

    private int countAll(List<RequestOp> operations, List<ResponseOp> answers) {
        int count = 0;
        for (int i = 0; i < operations.size(); i++) {
            count += count(operations.get(i), answers.get(i));
        }
        return count;
    }

    private int count(RequestOp operation, ResponseOp answer) {
        return switch (operation.getRequestCase()) {
            case REQUEST_RANGE -> {
                ranges.increment();
                yield 1;
            }
            case REQUEST_PUT -> countPut(operation.getRequestPut());
            case REQUEST_DELETE_RANGE -> countDelete(operation.getRequestDeleteRange());
            case REQUEST_TXN -> {
                TxnResponse nested = answer.getResponseTxn();
                yield countAll(branch(operation.getRequestTxn(), nested), nested.getResponsesList());
            }
            case REQUEST_NOT_SET -> 0;
        };
    }

    private int countPut(PutRequest request) {
        puts.increment();
        putBytes.add(request.getKey().size() + request.getValue().size());
        return 1 + lookIf(request.getPrevKv() || request.getIgnoreValue() || request.getIgnoreLease());
    }

    private int countDelete(DeleteRangeRequest request) {
        deletes.increment();
        return 1 + lookIf(request.getPrevKv());
    }

    /** A look at the value before is a range of its own. */
    private int lookIf(boolean looks) {
        if (looks) {
            ranges.increment();
        }
        return looks ? 1 : 0;
    }
}
