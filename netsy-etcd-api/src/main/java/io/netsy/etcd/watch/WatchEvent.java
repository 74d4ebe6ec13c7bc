package io.netsy.etcd.watch;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.proto.rpc.WatchResponse;
import io.netsy.etcd.state.KeyEvent;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * One change of one key, with its encodings: the bytes of a response's {@code events} field, made once for all watchers
 * that see it.
 *
 * <p>Safe for any thread; two that encode at the same moment do so twice, with the same bytes.
 */
final class WatchEvent {
    private final StoredRevision change;
    private final long previousId;
    private final @Nullable KeyRecord previous;
    private volatile byte @Nullable [] plain;
    private volatile byte @Nullable [] withPrevious;

    private WatchEvent(StoredRevision change, long previousId, @Nullable KeyRecord previous) {
        this.change = change;
        this.previousId = previousId;
        this.previous = previous;
    }

    /** An event as it was committed. */
    static WatchEvent committed(KeyEvent event) {
        KeyRecord record = event.record();
        KeyRecord before = event.previous();
        StoredRevision change = new StoredRevision(
                record.modId(),
                record.key(),
                event.value(),
                record.createRevision(),
                record.version(),
                record.leaseId());
        if (before == null || !before.isLive() || isCreation(change)) {
            return new WatchEvent(change, 0, null);
        }
        return new WatchEvent(change, before.modId(), before);
    }

    /**
     * An event as it is stored.
     *
     * @param keyBefore the id of the key's revision before this one's, not positive when it did not exist
     */
    static WatchEvent stored(StoredRevision change, long keyBefore) {
        return new WatchEvent(change, isCreation(change) ? 0 : Math.max(keyBefore, 0), null);
    }

    private static boolean isCreation(StoredRevision change) {
        return change.version() != 0 && change.createRevision() == RevisionId.main(change.revisionId());
    }

    Bytes key() {
        return change.key();
    }

    long revision() {
        return RevisionId.main(change.revisionId());
    }

    boolean isDeletion() {
        return change.version() == 0;
    }

    /** Bytes of key and value. */
    int weight() {
        return change.key().length() + change.value().length();
    }

    /** The id of the revision that the event shows as previous; 0 when it shows none. */
    long previousId() {
        return previousId;
    }

    /** The key before the event, where it is known without reading it. */
    @Nullable
    KeyRecord previous() {
        return previous;
    }

    /** Whether {@link #withPrevious} can't be asked for yet, because the previous value has to be found first. */
    boolean lacksPrevious() {
        return previousId != 0 && withPrevious == null;
    }

    /** Gives the event its previous value; only for one whose {@link #previous} is known. */
    void previousValueIs(Bytes value) {
        KeyRecord record = previous;
        if (record == null) {
            throw new IllegalStateException("the record before " + change.revisionId() + " is not known");
        }
        previousIs(new StoredRevision(
                record.modId(), record.key(), value, record.createRevision(), record.version(), record.leaseId()));
    }

    /** Gives the event its previous revision; null when a compaction took it. */
    void previousIs(@Nullable StoredRevision revision) {
        withPrevious = revision == null ? plain() : encode(revision);
    }

    /** Encoded without the previous revision. */
    byte[] plain() {
        byte[] encoded = plain;
        if (encoded == null) {
            encoded = encode(null);
            plain = encoded;
        }
        return encoded;
    }

    /** Encoded with the previous revision if there is one. */
    byte[] withPrevious() {
        byte[] encoded = withPrevious;
        if (encoded != null) {
            return encoded;
        }
        if (previousId != 0) {
            throw new IllegalStateException("the value of revision id " + previousId + " was not looked up");
        }
        return plain();
    }

    private byte[] encode(@Nullable StoredRevision before) {
        Event.Builder event = Event.newBuilder()
                .setType(isDeletion() ? Event.EventType.DELETE : Event.EventType.PUT)
                .setKv(keyValue(change));
        if (before != null) {
            event.setPrevKv(keyValue(before));
        }
        Event built = event.build();
        byte[] bytes = new byte[CodedOutputStream.computeMessageSize(WatchResponse.EVENTS_FIELD_NUMBER, built)];
        CodedOutputStream output = CodedOutputStream.newInstance(bytes);
        try {
            output.writeMessage(WatchResponse.EVENTS_FIELD_NUMBER, built);
        } catch (IOException e) {
            throw new UncheckedIOException("encoding an event into an array of its own size", e);
        }
        output.checkNoSpaceLeft();
        return bytes;
    }

    private static KeyValue keyValue(StoredRevision revision) {
        return KeyValue.newBuilder()
                .setKey(shared(revision.key()))
                .setModRevision(RevisionId.main(revision.revisionId()))
                .setCreateRevision(revision.createRevision())
                .setVersion(revision.version())
                .setValue(shared(revision.value()))
                .setLease(revision.leaseId())
                .build();
    }

    private static ByteString shared(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.array());
    }
}
