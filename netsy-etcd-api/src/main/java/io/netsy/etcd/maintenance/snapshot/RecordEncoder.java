package io.netsy.etcd.maintenance.snapshot;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.netsy.etcd.maintenance.bbolt.Span;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.rpc.ByteStrings;
import io.netsy.etcd.rpc.KeyValues;
import io.netsy.replication.model.RevisionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Stored revisions in the bytes in which etcd keeps them (etcd semantics, section 15). What a method answers holds until
 * its next call. For one thread.
 */
public final class RecordEncoder {
    private final ByteBuffer key = ByteBuffer.allocate(18);
    private byte[] value = new byte[4_096];

    /** The revision and its place in it, and a mark if it is a tombstone: 17 or 18 bytes, in the order of revisions. */
    public Span key(StoredRevision stored) {
        putRevision(RevisionId.main(stored.revisionId()), RevisionId.sub(stored.revisionId()));
        if (isTombstone(stored)) {
            key.put((byte) 't');
        }
        return new Span(key.array(), key.position());
    }

    private void putRevision(long main, long sub) {
        key.clear().putLong(main).put((byte) '_').putLong(sub);
    }

    /** A revision as etcd notes compactions: as the key of its first change. */
    static byte[] revision(long main) {
        RecordEncoder encoder = new RecordEncoder();
        encoder.putRevision(main, 0);
        return Arrays.copyOf(encoder.key.array(), encoder.key.position());
    }

    /** The KeyValue message, of a tombstone with the key alone. */
    public Span value(StoredRevision stored) {
        return encode(
                isTombstone(stored)
                        ? KeyValue.newBuilder()
                                .setKey(ByteStrings.toByteString(stored.key()))
                                .build()
                        : KeyValues.of(stored, stored.value()));
    }

    private Span encode(MessageLite message) {
        int size = message.getSerializedSize();
        if (value.length < size) {
            value = new byte[Math.max(size, value.length * 2)];
        }
        try {
            message.writeTo(CodedOutputStream.newInstance(value, 0, size));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Span(value, size);
    }

    private static boolean isTombstone(StoredRevision stored) {
        return stored.version() == 0;
    }
}
