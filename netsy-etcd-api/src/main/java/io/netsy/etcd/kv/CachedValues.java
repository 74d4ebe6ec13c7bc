package io.netsy.etcd.kv;

import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.replication.model.Bytes;

/** Values that are in memory: for threads that must not block. */
record CachedValues(RevisionStore store) implements ValueReader {
    @Override
    public Bytes value(long revisionId) {
        Bytes value = store.cachedValue(revisionId);
        if (value == null) {
            throw notInMemory();
        }
        return value;
    }

    @Override
    public Bytes[] values(long[] revisionIds) {
        Bytes[] values = new Bytes[revisionIds.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(revisionIds[i]);
        }
        return values;
    }

    @Override
    public StoredRevision revision(long revisionId) {
        throw notInMemory();
    }

    private static UnreadableException notInMemory() {
        return new UnreadableException("not in memory");
    }
}
