package io.netsy.etcd.kv;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.replication.model.Bytes;
import java.util.Map;

/**
 * Values of a transaction that is under way, on top of those that were there before.
 *
 * @param written by revision id; the map grows while the transaction runs
 */
record WrittenValues(Map<Long, Bytes> written, ValueReader below) implements ValueReader {
    @Override
    public Bytes value(long revisionId) {
        Bytes own = written.get(revisionId);
        return own == null ? below.value(revisionId) : own;
    }

    @Override
    public Bytes[] values(long[] revisionIds) {
        if (written.isEmpty()) {
            return below.values(revisionIds);
        }
        Bytes[] values = new Bytes[revisionIds.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(revisionIds[i]);
        }
        return values;
    }

    /** Only for revisions before the transaction: its own are the newest of their keys. */
    @Override
    public StoredRevision revision(long revisionId) {
        return below.revision(revisionId);
    }
}
