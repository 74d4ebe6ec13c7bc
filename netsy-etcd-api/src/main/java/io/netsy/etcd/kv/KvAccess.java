package io.netsy.etcd.kv;

import com.google.protobuf.ByteString;
import io.netsy.etcd.access.AccessRules;
import io.netsy.etcd.access.Caller;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.rpc.Compare;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.rpc.ByteStrings;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Bytes;
import java.util.List;

/**
 * What one caller may do with keys: each check throws when he may not make the request in the state (etcd semantics,
 * sections 6 to 9 and 17).
 */
public record KvAccess(AccessRules rules, Caller caller) {

    /** Refuses a read by credentials of another auth revision, also when it looks at no key. */
    void checkRevision(StoreState state) {
        if (!caller.isNobody() && caller.authRevision() != state.auth().revision()) {
            throw EtcdError.AUTH_OLD_REVISION.exception();
        }
    }

    void check(RangeRequest request, StoreState state) {
        if (state.auth().enabled()) {
            checkRead(request.getKey(), request.getRangeEnd(), state);
        }
    }

    /**
     * A put to a lease needs the right to end the lease with all its keys: else the key would die with a lease that the
     * caller can't end.
     */
    void check(PutRequest request, StoreState state) {
        if (state.auth().enabled()) {
            checkWrite(request.getKey(), ByteString.EMPTY, state);
            if (request.getLease() != 0) {
                rules.checkWriteAttached(state, caller, request.getLease());
            }
            if (request.getPrevKv()) {
                checkRead(request.getKey(), ByteString.EMPTY, state);
            }
        }
    }

    void check(DeleteRangeRequest request, StoreState state) {
        if (state.auth().enabled()) {
            checkWrite(request.getKey(), request.getRangeEnd(), state);
            if (request.getPrevKv()) {
                checkRead(request.getKey(), request.getRangeEnd(), state);
            }
        }
    }

    /** Both branches count, nested ones too, whichever is taken. */
    public void check(TxnRequest request, StoreState state) {
        if (state.auth().enabled()) {
            for (Compare compare : request.getCompareList()) {
                checkRead(compare.getKey(), compare.getRangeEnd(), state);
            }
            check(request.getSuccessList(), state);
            check(request.getFailureList(), state);
        }
    }

    private void check(List<RequestOp> operations, StoreState state) {
        for (RequestOp operation : operations) {
            switch (operation.getRequestCase()) {
                case REQUEST_RANGE -> check(operation.getRequestRange(), state);
                case REQUEST_PUT -> check(operation.getRequestPut(), state);
                case REQUEST_DELETE_RANGE -> check(operation.getRequestDeleteRange(), state);
                case REQUEST_TXN -> check(operation.getRequestTxn(), state);
                case REQUEST_NOT_SET -> {}
            }
        }
    }

    private void checkRead(ByteString key, ByteString rangeEnd, StoreState state) {
        rules.checkRead(state.auth(), caller, bytes(key), bytes(rangeEnd));
    }

    private void checkWrite(ByteString key, ByteString rangeEnd, StoreState state) {
        rules.checkWrite(state.auth(), caller, bytes(key), bytes(rangeEnd));
    }

    private static Bytes bytes(ByteString string) {
        return ByteStrings.toBytes(string);
    }
}
