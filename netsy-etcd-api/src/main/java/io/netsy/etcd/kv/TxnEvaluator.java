package io.netsy.etcd.kv;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.TxnResponse;
import io.netsy.etcd.rpc.Headers;
import io.netsy.etcd.state.StoreState;
import java.util.Iterator;
import java.util.List;

/**
 * A transaction as a pure function of the request and the state before it (etcd semantics, section 9):
 *
 * <ol>
 *   <li>settle by the state before which branches are taken, nested ones included;
 *   <li>check the operations of those branches against the same state; any fault refuses the whole request;
 *   <li>run them in order, each on what those before it left.
 * </ol>
 *
 * <p>The request has passed {@link RequestChecks}. Headers carry the revision alone.
 */
public final class TxnEvaluator {
    private TxnEvaluator() {}

    /** What a transaction that may write comes to. */
    public static Evaluation<TxnResponse> evaluate(TxnRequest request, StoreState tip, RevisionStore revisions) {
        TxnRun run = new TxnRun(ReadView.unlimited(tip, new StoredValues(revisions)));
        TxnResponse answer = run(request, run);
        return KvProposals.evaluation(tip, run, answer);
    }

    /** The answer of a transaction that only reads. */
    static TxnResponse read(TxnRequest request, ReadView view) {
        return run(request, new TxnRun(view));
    }

    private static TxnResponse run(TxnRequest request, TxnRun run) {
        ReadView before = run.before();
        TxnPath path = TxnPath.of(request, before);
        check(path, before);
        TxnResponse.Builder answer = run.run(path);
        return answer.setHeader(Headers.inner(run.revision())).build();
    }

    private static void check(TxnPath path, ReadView before) {
        Iterator<TxnPath> nested = path.nested().iterator();
        for (RequestOp operation : path.operations()) {
            switch (operation.getRequestCase()) {
                case REQUEST_RANGE -> checkRange(operation.getRequestRange(), before.state());
                case REQUEST_PUT -> checkPut(operation.getRequestPut(), before.state());
                case REQUEST_TXN -> check(nested.next(), before);
                case REQUEST_DELETE_RANGE, REQUEST_NOT_SET -> {}
            }
        }
    }

    /** Unlike a plain range, one with a negative revision is held against the compaction. */
    private static void checkRange(RangeRequest request, StoreState before) {
        long asked = request.getRevision();
        if (asked > before.revision()) {
            throw EtcdError.FUTURE_REVISION.exception();
        }
        if (asked != 0 && asked < before.compactRevision()) {
            throw EtcdError.COMPACTED.exception();
        }
    }

    private static void checkPut(PutRequest request, StoreState before) {
        PutEffect put = new PutEffect(request);
        put.checkKept(before.live(put.key()));
        put.checkLease(before);
    }

    /** Whether a transaction can't change anything, whichever branch is taken; a nested one counts as a write. */
    static boolean isReadOnly(TxnRequest request) {
        return areRanges(request.getSuccessList()) && areRanges(request.getFailureList());
    }

    private static boolean areRanges(List<RequestOp> operations) {
        return operations.stream().allMatch(RequestOp::hasRequestRange);
    }

    /** Whether a transaction that only reads asks for nothing fresher than this node's replica. */
    static boolean isSerializable(TxnRequest request) {
        return request.getSuccessCount() + request.getFailureCount() > 0
                && areSerializable(request.getSuccessList())
                && areSerializable(request.getFailureList());
    }

    private static boolean areSerializable(List<RequestOp> operations) {
        return operations.stream()
                .allMatch(operation -> operation.getRequestRange().getSerializable());
    }
}
