package io.netsy.etcd.kv;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.rpc.KeyValues;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;
import org.jspecify.annotations.Nullable;

/**
 * A key that a range found, at one of its revisions.
 *
 * @param record the key
 * @param id the revision
 * @param older the stored revision when it is not the key's newest one, whose fields the record has
 */
record Hit(KeyRecord record, long id, @Nullable StoredRevision older) {
    static Hit newest(KeyRecord record) {
        return new Hit(record, record.modId(), null);
    }

    long modRevision() {
        return RevisionId.main(id);
    }

    long createRevision() {
        return older == null ? record.createRevision() : older.createRevision();
    }

    long version() {
        return older == null ? record.version() : older.version();
    }

    KeyValue toKeyValue(Bytes value) {
        return older == null ? KeyValues.of(record, value) : KeyValues.of(older, value);
    }
}
