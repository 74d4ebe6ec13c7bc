package io.netsy.etcd.kv;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.replication.model.Bytes;

/** Where a read gets values from. All methods throw {@link UnreadableException} for what this source does not have. */
interface ValueReader {
    Bytes value(long revisionId);

    /** Values in the order of the ids. */
    Bytes[] values(long[] revisionIds);

    /** One whole revision, for the fields that the key index keeps for the newest one only. */
    StoredRevision revision(long revisionId);
}
