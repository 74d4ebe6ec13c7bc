package io.netsy.etcd.testkit;

import com.google.protobuf.ByteString;
import io.netsy.etcd.proto.rpc.Compare;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.TxnRequest;

/** Short forms of requests. Text becomes UTF-8; the end {@link #NO_END} is one zero byte. */
public final class Requests {
    /** From the key on. */
    public static final String NO_END = "\0";

    private Requests() {}

    public static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    public static PutRequest.Builder put(String key, String value) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value));
    }

    public static RangeRequest.Builder range(String key) {
        return RangeRequest.newBuilder().setKey(bytes(key));
    }

    public static RangeRequest.Builder range(String key, String end) {
        return range(key).setRangeEnd(bytes(end));
    }

    public static DeleteRangeRequest.Builder delete(String key) {
        return DeleteRangeRequest.newBuilder().setKey(bytes(key));
    }

    public static DeleteRangeRequest.Builder delete(String key, String end) {
        return delete(key).setRangeEnd(bytes(end));
    }

    public static TxnRequest.Builder txn(RequestOp... success) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (RequestOp operation : success) {
            txn.addSuccess(operation);
        }
        return txn;
    }

    public static RequestOp op(PutRequest.Builder put) {
        return RequestOp.newBuilder().setRequestPut(put).build();
    }

    public static RequestOp op(RangeRequest.Builder range) {
        return RequestOp.newBuilder().setRequestRange(range).build();
    }

    public static RequestOp op(DeleteRangeRequest.Builder delete) {
        return RequestOp.newBuilder().setRequestDeleteRange(delete).build();
    }

    public static RequestOp op(TxnRequest.Builder txn) {
        return RequestOp.newBuilder().setRequestTxn(txn).build();
    }

    public static Compare.Builder versionIs(String key, Compare.CompareResult result, long version) {
        return compare(key, result, Compare.CompareTarget.VERSION).setVersion(version);
    }

    public static Compare.Builder createIs(String key, Compare.CompareResult result, long revision) {
        return compare(key, result, Compare.CompareTarget.CREATE).setCreateRevision(revision);
    }

    public static Compare.Builder modIs(String key, Compare.CompareResult result, long revision) {
        return compare(key, result, Compare.CompareTarget.MOD).setModRevision(revision);
    }

    public static Compare.Builder leaseIs(String key, Compare.CompareResult result, long lease) {
        return compare(key, result, Compare.CompareTarget.LEASE).setLease(lease);
    }

    public static Compare.Builder valueIs(String key, Compare.CompareResult result, String value) {
        return compare(key, result, Compare.CompareTarget.VALUE).setValue(bytes(value));
    }

    private static Compare.Builder compare(String key, Compare.CompareResult result, Compare.CompareTarget target) {
        return Compare.newBuilder().setKey(bytes(key)).setResult(result).setTarget(target);
    }
}
