package io.netsy.etcd.concurrency;

import com.google.protobuf.ByteString;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.proto.rpc.TxnResponse;

/**
 * A caller's place in a queue.
 *
 * @param createRevision tells this place from an earlier or later one of the same lease
 * @param entered the answer of the transaction that took it or found it
 */
public record Place(ByteString prefix, ByteString key, long createRevision, TxnResponse entered) {
    /** The place that a transaction made by {@link Queues#enter} came to. */
    public static Place of(ByteString prefix, ByteString key, TxnResponse entered) {
        long createRevision = entered.getSucceeded()
                ? entered.getHeader().getRevision()
                : found(entered).getCreateRevision();
        return new Place(prefix, key, createRevision, entered);
    }

    /** The key as it was found; only when it was there already. */
    public KeyValue found() {
        return found(entered);
    }

    private static KeyValue found(TxnResponse entered) {
        return entered.getResponses(0).getResponseRange().getKvs(0);
    }
}
