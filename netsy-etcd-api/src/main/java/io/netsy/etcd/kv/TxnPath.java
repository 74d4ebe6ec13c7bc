package io.netsy.etcd.kv;

import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.TxnRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * Which branches of a transaction are taken, settled for nested ones too before anything runs.
 *
 * @param operations those of the taken branch
 * @param nested the paths of the nested transactions among them, in order
 */
record TxnPath(boolean succeeded, List<RequestOp> operations, List<TxnPath> nested) {
    /** The path of a transaction by the state before it. */
    static TxnPath of(TxnRequest request, ReadView before) {
        boolean succeeded = Compares.allHold(request.getCompareList(), before);
        List<RequestOp> operations = succeeded ? request.getSuccessList() : request.getFailureList();
        List<TxnPath> nested = new ArrayList<>(0);
        for (RequestOp operation : operations) {
            if (operation.hasRequestTxn()) {
                nested.add(of(operation.getRequestTxn(), before));
            }
        }
        return new TxnPath(succeeded, operations, nested);
    }
}
