package io.netsy.etcd.maintenance;

import com.google.protobuf.CodedOutputStream;
import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.rpc.ByteStrings;
import io.netsy.etcd.rpc.KeyValues;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.KeyRange;
import io.netsy.replication.model.RevisionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * The hash of a store's history, bit for bit as etcd computes it (etcd semantics, section 15).
 *
 * @param revision up to which the history was hashed
 * @param compactRevision the compaction that was in force; -1 when there was none
 */
record KvHash(long revision, long compactRevision, int hash) {
    private static final byte[] BUCKET = "key".getBytes(StandardCharsets.US_ASCII);

    /** Reads the whole history up to a revision; blocks for as long as that takes. */
    static KvHash of(StoreState state, long revision, RevisionStore revisions) {
        Hasher hasher = new Hasher(state, revision);
        if (revision > 0) {
            revisions.scan(0, RevisionId.pack(revision, RevisionId.MAX_SUB), hasher::add);
        }
        return new KvHash(revision, state.compactRevision(), (int) hasher.crc.getValue());
    }

    private static final class Hasher {
        private final StoreState state;
        private final long revision;
        private final boolean anyKeyLives;
        private final Checksum crc = new CRC32C();
        private final ByteBuffer recordKey = ByteBuffer.allocate(18);
        private byte[] encoded = new byte[4_096];

        Hasher(StoreState state, long revision) {
            this.state = state;
            this.revision = revision;
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

        boolean add(StoredRevision stored) {
            if (counts(stored)) {
                addKey(stored);
                addValue(stored);
            }
            return true;
        }

        /**
         * Of what is compacted, only the revision of a key counts that the key has at the hashed revision; or, when no
         * key lives then, that which it had at the compaction. Whatever else of it is stored still waits to be purged.
         */
        private boolean counts(StoredRevision stored) {
            if (RevisionId.main(stored.revisionId()) > state.compactRevision()) {
                return true;
            }
            KeyRecord record = state.keys().get(stored.key());
            long at = anyKeyLives ? revision : state.compactRevision();
            return record != null && record.idAt(at) == stored.revisionId();
        }

        private void addKey(StoredRevision stored) {
            recordKey
                    .clear()
                    .putLong(RevisionId.main(stored.revisionId()))
                    .put((byte) '_')
                    .putLong(RevisionId.sub(stored.revisionId()));
            if (isTombstone(stored)) {
                recordKey.put((byte) 't');
            }
            crc.update(recordKey.array(), 0, recordKey.position());
        }

        private void addValue(StoredRevision stored) {
            KeyValue pair = isTombstone(stored)
                    ? KeyValue.newBuilder()
                            .setKey(ByteStrings.toByteString(stored.key()))
                            .build()
                    : KeyValues.of(stored, stored.value());
            int size = pair.getSerializedSize();
            if (encoded.length < size) {
                encoded = new byte[Math.max(size, encoded.length * 2)];
            }
            try {
                pair.writeTo(CodedOutputStream.newInstance(encoded, 0, size));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            crc.update(encoded, 0, size);
        }

        private static boolean isTombstone(StoredRevision stored) {
            return stored.version() == 0;
        }
    }
}
