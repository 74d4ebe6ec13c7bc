package io.netsy.etcd.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.rpc.Compare;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.TxnRequest;
import java.util.List;

/** What can be said against a request without looking at the state, in etcd's order (etcd semantics, sections 6 to 9). */
final class RequestChecks {
    private final KvLimits limits;

    RequestChecks(KvLimits limits) {
        this.limits = limits;
    }

    void check(RangeRequest request) {
        checkKey(request.getKey());
        if (request.getSortOrder() == RangeRequest.SortOrder.UNRECOGNIZED
                || request.getSortTarget() == RangeRequest.SortTarget.UNRECOGNIZED) {
            throw EtcdError.INVALID_SORT_OPTION.exception();
        }
    }

    /**
     * For a stream, which is in key order and unfiltered, or it is refused as etcd 3.7 does. A target without an order,
     * which etcd lets through and then sorts page by page, is refused as well.
     */
    void checkStream(RangeRequest request) {
        check(request);
        if (request.getSortOrder() == RangeRequest.SortOrder.DESCEND
                || request.getSortTarget() != RangeRequest.SortTarget.KEY) {
            throw unimplemented("RangeStream does not support custom sort orders");
        }
        if (request.getMinModRevision() != 0
                || request.getMaxModRevision() != 0
                || request.getMinCreateRevision() != 0
                || request.getMaxCreateRevision() != 0) {
            throw unimplemented("RangeStream does not support revision filters");
        }
    }

    private static StatusRuntimeException unimplemented(String text) {
        return Status.UNIMPLEMENTED.withDescription(text).asRuntimeException();
    }

    void check(PutRequest request) {
        checkKey(request.getKey());
        if (request.getIgnoreValue() && !request.getValue().isEmpty()) {
            throw EtcdError.VALUE_PROVIDED.exception();
        }
        if (request.getIgnoreLease() && request.getLease() != 0) {
            throw EtcdError.LEASE_PROVIDED.exception();
        }
    }

    void check(DeleteRangeRequest request) {
        checkKey(request.getKey());
    }

    void check(TxnRequest request) {
        check(request, limits.maxTxnOperations());
        TxnOverlaps.check(request);
    }

    /** Refuses a mutating request that etcd could not put into one of its proposals. */
    void checkSize(MessageLite request) {
        if (!limits.allowsRequestOf(request.getSerializedSize())) {
            throw EtcdError.REQUEST_TOO_LARGE.exception();
        }
    }

    private void check(TxnRequest request, int budget) {
        int operations =
                Math.max(request.getCompareCount(), Math.max(request.getSuccessCount(), request.getFailureCount()));
        if (operations > budget) {
            throw EtcdError.TOO_MANY_OPERATIONS.exception();
        }
        for (Compare compare : request.getCompareList()) {
            checkKey(compare.getKey());
        }
        check(request.getSuccessList(), budget - operations);
        check(request.getFailureList(), budget - operations);
    }

    private void check(List<RequestOp> operations, int nestedBudget) {
        for (RequestOp operation : operations) {
            switch (operation.getRequestCase()) {
                case REQUEST_RANGE -> check(operation.getRequestRange());
                case REQUEST_PUT -> check(operation.getRequestPut());
                case REQUEST_DELETE_RANGE -> check(operation.getRequestDeleteRange());
                case REQUEST_TXN -> check(operation.getRequestTxn(), nestedBudget);
                case REQUEST_NOT_SET -> throw EtcdError.KEY_NOT_FOUND.exception();
            }
        }
    }

    private static void checkKey(ByteString key) {
        if (key.isEmpty()) {
            throw EtcdError.EMPTY_KEY.exception();
        }
    }
}
