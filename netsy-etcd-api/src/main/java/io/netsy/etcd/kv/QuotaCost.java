package io.netsy.etcd.kv;

import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.TxnRequest;
import java.util.List;

/** The bytes that a request is held to add to the store (etcd semantics, sections 9 and 15). */
final class QuotaCost {
    private static final long KEY_OVERHEAD_BYTES = 256;

    private QuotaCost() {}

    static long of(PutRequest request) {
        return KEY_OVERHEAD_BYTES + request.getKey().size() + request.getValue().size();
    }

    /** That of the dearer branch; 0 when there is no put in either. */
    static long of(TxnRequest request) {
        return Math.max(of(request.getSuccessList()), of(request.getFailureList()));
    }

    private static long of(List<RequestOp> operations) {
        long sum = 0;
        for (RequestOp operation : operations) {
            sum += switch (operation.getRequestCase()) {
                case REQUEST_PUT -> of(operation.getRequestPut());
                case REQUEST_TXN -> of(operation.getRequestTxn());
                case REQUEST_RANGE, REQUEST_DELETE_RANGE, REQUEST_NOT_SET -> 0;
            };
        }
        return sum;
    }
}
