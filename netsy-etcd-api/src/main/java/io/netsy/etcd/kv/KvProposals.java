package io.netsy.etcd.kv;

import io.netsy.etcd.alarm.Alarms;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.port.Operation;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.DeleteRangeResponse;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.TxnResponse;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Entry;

/**
 * The service's writes as proposals. Requests have passed {@link RequestChecks}; the headers of the answers carry the
 * revision alone.
 */
public final class KvProposals {
    private KvProposals() {}

    static Proposal<PutResponse> put(PutRequest request, KvAccess access) {
        return new Put(new PutEffect(request), access);
    }

    private record Put(PutEffect effect, KvAccess access) implements Proposal<PutResponse> {
        @Override
        public Evaluation<PutResponse> evaluate(StoreState tip, RevisionStore revisions) {
            Alarms.refuseIfCorruptOrFull(tip);
            access.check(effect.request(), tip);
            effect.checkLease(tip);
            TxnRun run = runOn(tip, revisions);
            return evaluation(tip, run, run.put(effect));
        }

        @Override
        public Operation operation() {
            return Operation.PUT;
        }

        @Override
        public int sizeBytes() {
            return effect.request().getSerializedSize();
        }
    }

    static Proposal<DeleteRangeResponse> delete(DeleteRangeRequest request, KvAccess access) {
        return Proposal.of(Operation.DELETE_RANGE, (tip, revisions) -> {
            Alarms.refuseIfCorrupt(tip);
            access.check(request, tip);
            TxnRun run = runOn(tip, revisions);
            return evaluation(tip, run, run.delete(request));
        });
    }

    static Proposal<TxnResponse> transaction(TxnRequest request, KvAccess access) {
        return new Transaction(request, access, QuotaCost.of(request) > 0);
    }

    private record Transaction(TxnRequest request, KvAccess access, boolean grows) implements Proposal<TxnResponse> {
        @Override
        public Evaluation<TxnResponse> evaluate(StoreState tip, RevisionStore revisions) {
            if (grows) {
                Alarms.refuseIfCorruptOrFull(tip);
            } else {
                Alarms.refuseIfCorrupt(tip);
            }
            access.check(request, tip);
            return TxnEvaluator.evaluate(request, tip, revisions);
        }

        @Override
        public Operation operation() {
            return Operation.TXN;
        }

        @Override
        public int sizeBytes() {
            return request.getSerializedSize();
        }
    }

    /** A compaction, whose sender was judged before; its result is the current revision (etcd semantics, section 10). */
    public static Proposal<Long> compaction(long revision) {
        return Proposal.of(Operation.COMPACTION, (tip, revisions) -> {
            Alarms.refuseIfCorrupt(tip);
            if (revision <= tip.compactRevision()) {
                throw EtcdError.COMPACTED.exception();
            }
            if (revision > tip.revision()) {
                throw EtcdError.FUTURE_REVISION.exception();
            }
            return Evaluation.effect(tip, new Entry.Compaction(revision), tip.revision());
        });
    }

    private static TxnRun runOn(StoreState tip, RevisionStore revisions) {
        return new TxnRun(ReadView.unlimited(tip, new StoredValues(revisions)));
    }

    static <R> Evaluation<R> evaluation(StoreState tip, TxnRun run, R answer) {
        return run.changes().isEmpty()
                ? Evaluation.noEffect(answer)
                : Evaluation.effect(tip, new Entry.Transaction(run.revision(), run.changes()), answer);
    }
}
