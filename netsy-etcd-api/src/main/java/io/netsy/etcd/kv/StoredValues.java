package io.netsy.etcd.kv;

import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;
import org.jspecify.annotations.Nullable;

/** All values there are: for threads that may block. */
record StoredValues(RevisionStore store) implements ValueReader {
    @Override
    public Bytes value(long revisionId) {
        Bytes value = store.cachedValue(revisionId);
        return value == null ? values(new long[] {revisionId})[0] : value;
    }

    @Override
    public Bytes[] values(long[] revisionIds) {
        @Nullable Bytes[] found = store.values(revisionIds);
        Bytes[] values = new Bytes[found.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = present(found[i], revisionIds[i]);
        }
        return values;
    }

    @Override
    public StoredRevision revision(long revisionId) {
        return present(store.revision(revisionId), revisionId);
    }

    private static <T> T present(@Nullable T found, long revisionId) {
        if (found == null) {
            throw new UnreadableException("revision %d, sub-revision %d is not stored"
                    .formatted(RevisionId.main(revisionId), RevisionId.sub(revisionId)));
        }
        return found;
    }
}
