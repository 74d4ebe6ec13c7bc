package io.netsy.etcd.maintenance;

import io.netsy.etcd.maintenance.bbolt.Span;
import io.netsy.etcd.maintenance.snapshot.RecordEncoder;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.KeyRange;
import io.netsy.replication.model.RevisionId;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** Hashes a history as etcd does (etcd semantics, section 15), revision by revision in their order. For one thread. */
final class HistoryHasher {
    private static final byte[] BUCKET = "key".getBytes(StandardCharsets.US_ASCII);

    private final StoreState state;
    private final long revision;
    private final long compactRevision;
    private final boolean anyKeyLives;
    private final Checksum crc = new CRC32C();
    private final RecordEncoder encoder = new RecordEncoder();

    /**
     * @param state one that knows all of the history from {@code compactRevision} on, and what keys were at it
     * @param revision up to which is hashed; there is nothing up to a negative one
     * @param compactRevision the compaction that counts as the newest
     */
    HistoryHasher(StoreState state, long revision, long compactRevision) {
        this.state = state;
        this.revision = revision;
        this.compactRevision = compactRevision;
        this.anyKeyLives = revision > 0 && anyKeyLivesAt(state, revision);
        crc.update(BUCKET);
    }

    private static boolean anyKeyLivesAt(StoreState state, long revision) {
        boolean[] found = {false};
        state.visitAt(KeyRange.ALL, revision, (record, id) -> {
            found[0] = true;
            return false;
        });
        return found[0];
    }

    /** The last id that is to be added; 0 when there is none. */
    long lastId() {
        return revision > 0 ? RevisionId.pack(Math.min(revision, RevisionId.MAX_MAIN), RevisionId.MAX_SUB) : 0;
    }

    /** Adds a stored revision, in ascending order of ids; answers true, for scans. */
    boolean add(StoredRevision stored) {
        if (counts(stored)) {
            update(encoder.key(stored));
            update(encoder.value(stored));
        }
        return true;
    }

    /**
     * Of what is compacted, only the revision of a key counts that the key has at the hashed revision; or, when no key
     * lives then, that which it had at the compaction. Whatever else of it is stored still waits to be purged.
     */
    private boolean counts(StoredRevision stored) {
        if (RevisionId.main(stored.revisionId()) > compactRevision) {
            return true;
        }
        KeyRecord record = state.keys().get(stored.key());
        long at = anyKeyLives ? revision : compactRevision;
        return record != null && record.idAt(at) == stored.revisionId();
    }

    private void update(Span bytes) {
        crc.update(bytes.array(), 0, bytes.length());
    }

    /** The hash of all that was added. */
    KvHash hash() {
        return new KvHash(revision, compactRevision, (int) crc.getValue());
    }
}
