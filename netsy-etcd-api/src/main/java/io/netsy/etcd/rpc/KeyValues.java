package io.netsy.etcd.rpc;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;

/** Revisions of keys as etcd shows them. */
public final class KeyValues {
    private KeyValues() {}

    /** The newest revision of a live key; an empty value stands for one that was not asked for. */
    public static KeyValue of(KeyRecord record, Bytes value) {
        return KeyValue.newBuilder()
                .setKey(ByteStrings.toByteString(record.key()))
                .setCreateRevision(record.createRevision())
                .setModRevision(record.modRevision())
                .setVersion(record.version())
                .setLease(record.leaseId())
                .setValue(ByteStrings.toByteString(value))
                .build();
    }

    /** A stored revision that is not a tombstone, with a value that may be left out. */
    public static KeyValue of(StoredRevision stored, Bytes value) {
        return KeyValue.newBuilder()
                .setKey(ByteStrings.toByteString(stored.key()))
                .setCreateRevision(stored.createRevision())
                .setModRevision(RevisionId.main(stored.revisionId()))
                .setVersion(stored.version())
                .setLease(stored.leaseId())
                .setValue(ByteStrings.toByteString(value))
                .build();
    }
}
