package io.netsy.etcd.concurrency;

import com.google.protobuf.ByteString;
import io.netsy.etcd.proto.rpc.Compare;
import io.netsy.etcd.proto.rpc.DeleteRangeRequest;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeRequest.SortOrder;
import io.netsy.etcd.proto.rpc.RangeRequest.SortTarget;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.TxnRequest;

/**
 * The requests of a queue: keys under one prefix, one for each lease that wants something, whose order is that of their
 * creation (etcd semantics, sections 13 and 14). The oldest one has it.
 */
public final class Queues {
    private static final ByteString SLASH = ByteString.copyFromUtf8("/");

    /** What comes right after every key that begins with a prefix that ends in a slash. */
    private static final ByteString AFTER_SLASH = ByteString.copyFromUtf8("0");

    private Queues() {}

    /** What all keys of the queue begin with. */
    public static ByteString prefix(ByteString name) {
        return name.concat(SLASH);
    }

    /** A lease's place in the queue. */
    public static ByteString key(ByteString prefix, long lease) {
        return prefix.concat(ByteString.copyFromUtf8(Long.toString(lease, 16)));
    }

    /** Asks for the oldest key. */
    public static RangeRequest oldest(ByteString prefix) {
        return range(prefix).setSortOrder(SortOrder.ASCEND).build();
    }

    /**
     * Asks for the newest of the keys that were created by a revision. This node's own state is good enough to answer:
     * an older one shows keys that are gone by now, but never lacks one that is there.
     */
    public static RangeRequest newestUpTo(ByteString prefix, long createRevision) {
        return range(prefix)
                .setSortOrder(SortOrder.DESCEND)
                .setMaxCreateRevision(createRevision)
                .setKeysOnly(true)
                .setSerializable(true)
                .build();
    }

    private static RangeRequest.Builder range(ByteString prefix) {
        return RangeRequest.newBuilder()
                .setKey(prefix)
                .setRangeEnd(prefix.substring(0, prefix.size() - 1).concat(AFTER_SLASH))
                .setSortTarget(SortTarget.CREATE)
                .setLimit(1);
    }

    /** Takes a place in the queue, or reads the one that the lease has already: the answer's first response. */
    public static TxnRequest.Builder enter(ByteString key, ByteString value, long lease) {
        return ifCreatedAt(key, 0)
                .addSuccess(put(key, value, lease))
                .addFailure(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(key)));
    }

    /** Changes the value of a place, as long as it is the same one. */
    public static TxnRequest update(ByteString key, long createRevision, RequestOp put) {
        return ifCreatedAt(key, createRevision).addSuccess(put).build();
    }

    /** Gives a place up, as long as it is the same one. */
    public static TxnRequest leave(ByteString key, long createRevision) {
        return ifCreatedAt(key, createRevision)
                .addSuccess(RequestOp.newBuilder()
                        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key)))
                .build();
    }

    /** A put as an operation. */
    public static RequestOp put(ByteString key, ByteString value, long lease) {
        return RequestOp.newBuilder()
                .setRequestPut(
                        PutRequest.newBuilder().setKey(key).setValue(value).setLease(lease))
                .build();
    }

    private static TxnRequest.Builder ifCreatedAt(ByteString key, long revision) {
        return TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(key)
                        .setTarget(Compare.CompareTarget.CREATE)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setCreateRevision(revision));
    }
}
