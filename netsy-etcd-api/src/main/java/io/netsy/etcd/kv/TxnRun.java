package io.netsy.etcd.kv;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.DeleteRangeResponse;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.ResponseOp;
import io.netsy.etcd.proto.rpc.TxnResponse;
import io.netsy.etcd.rpc.Headers;
import io.netsy.etcd.rpc.KeyValues;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.etcd.state.StateMachine;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.RevisionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The run of operations at one new revision, each seeing what those before it did.
 *
 * <p>Changes are collected, and put into a state of the run's own only when a later operation wants to see them; the
 * state it began with is left as it was.
 */
final class TxnRun {
    private final ReadView before;
    private final ValueReader values;
    private final long newRevision;
    private final List<Change> changes = new ArrayList<>(1);
    private final Map<Long, Bytes> written = new HashMap<>(0);
    private StoreState state;
    private int appliedCount;

    TxnRun(ReadView before) {
        this.before = before;
        this.values = new WrittenValues(written, before.values());
        this.newRevision = before.revision() + 1;
        this.state = before.state();
    }

    /** What the transaction found. */
    ReadView before() {
        return before;
    }

    /** All changes so far, in order. */
    List<Change> changes() {
        return changes;
    }

    /** The revision that is the current one after what has run. */
    long revision() {
        return changes.isEmpty() ? before.revision() : newRevision;
    }

    /** Runs the taken branch; only the caller's outermost answer gets a revision. */
    TxnResponse.Builder run(TxnPath path) {
        TxnResponse.Builder answer = TxnResponse.newBuilder().setSucceeded(path.succeeded());
        Iterator<TxnPath> nested = path.nested().iterator();
        for (RequestOp operation : path.operations()) {
            answer.addResponses(run(operation, nested));
        }
        return answer;
    }

    private ResponseOp run(RequestOp operation, Iterator<TxnPath> nested) {
        ResponseOp.Builder answer = ResponseOp.newBuilder();
        switch (operation.getRequestCase()) {
            case REQUEST_RANGE -> answer.setResponseRange(range(operation.getRequestRange()));
            case REQUEST_PUT -> answer.setResponsePut(put(new PutEffect(operation.getRequestPut())));
            case REQUEST_DELETE_RANGE -> answer.setResponseDeleteRange(delete(operation.getRequestDeleteRange()));
            case REQUEST_TXN -> answer.setResponseTxn(run(nested.next()).setHeader(Headers.inner(0)));
            case REQUEST_NOT_SET -> throw EtcdError.KEY_NOT_FOUND.exception();
        }
        return answer.build();
    }

    private RangeResponse range(RangeRequest request) {
        return RangeReader.read(request, view())
                .setHeader(Headers.inner(revision()))
                .build();
    }

    PutResponse put(PutEffect put) {
        KeyRecord old = current().live(put.key());
        PutResponse.Builder answer = PutResponse.newBuilder().setHeader(Headers.inner(newRevision));
        if (put.request().getPrevKv() && old != null) {
            answer.setPrevKv(KeyValues.of(old, values.value(old.modId())));
        }
        Change.Put change = put.over(old, newRevision, values);
        written.put(add(change), change.value());
        return answer.build();
    }

    DeleteRangeResponse delete(DeleteRangeRequest request) {
        DeleteRangeResponse.Builder answer = DeleteRangeResponse.newBuilder();
        List<KeyRecord> found = Deletes.find(request, view(), RevisionId.MAX_SUB + 1L - changes.size());
        if (request.getPrevKv()) {
            answer.addAllPrevKvs(previous(found));
        }
        found.forEach(record -> add(new Change.Delete(record.key())));
        return answer.setDeleted(found.size())
                .setHeader(Headers.inner(revision()))
                .build();
    }

    private List<KeyValue> previous(List<KeyRecord> records) {
        return Deletes.previous(records, values);
    }

    private long add(Change change) {
        long id = RevisionId.pack(newRevision, changes.size());
        changes.add(change);
        return id;
    }

    private ReadView view() {
        return new ReadView(current(), revision(), values, before.maxVisited());
    }

    private StoreState current() {
        for (; appliedCount < changes.size(); appliedCount++) {
            state = StateMachine.applyOne(state, changes.get(appliedCount), RevisionId.pack(newRevision, appliedCount));
        }
        return state;
    }
}
