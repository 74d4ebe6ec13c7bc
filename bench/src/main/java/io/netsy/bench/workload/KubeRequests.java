package io.netsy.bench.workload;

import com.google.protobuf.ByteString;
import io.netsy.etcd.proto.rpc.Compare;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.TxnResponse;

/**
 * The transactions by which kube-apiserver writes: one compare of the key's mod revision, one change, and a read of the
 * key when the compare fails (k8s.io/apiserver, storage/etcd3).
 */
final class KubeRequests {
    private KubeRequests() {}

    /** Puts the key if its mod revision is still the expected one; 0: if it does not exist. */
    static TxnRequest put(ByteString key, long expectedRevision, ByteString value) {
        PutRequest put = PutRequest.newBuilder().setKey(key).setValue(value).build();
        return guarded(
                key, expectedRevision, RequestOp.newBuilder().setRequestPut(put).build());
    }

    /** Deletes the key if its mod revision is still the expected one. */
    static TxnRequest delete(ByteString key, long expectedRevision) {
        DeleteRangeRequest delete = DeleteRangeRequest.newBuilder().setKey(key).build();
        return guarded(
                key,
                expectedRevision,
                RequestOp.newBuilder().setRequestDeleteRange(delete).build());
    }

    private static TxnRequest guarded(ByteString key, long expectedRevision, RequestOp change) {
        return TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setTarget(Compare.CompareTarget.MOD)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setKey(key)
                        .setModRevision(expectedRevision))
                .addSuccess(change)
                .addFailure(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(key)))
                .build();
    }

    /**
     * The key's mod revision that the read of a failed compare found, 0 when the key does not exist; -1 when the server
     * carried out no branch at all.
     */
    static long foundRevision(TxnResponse failed) {
        if (failed.getResponsesCount() != 1 || !failed.getResponses(0).hasResponseRange()) {
            return -1;
        }
        var range = failed.getResponses(0).getResponseRange();
        return range.getKvsCount() == 0 ? 0 : range.getKvs(0).getModRevision();
    }
}
