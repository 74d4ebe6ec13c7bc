package io.netsy.replication.codec;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * The bytes of an entry inside a frame: a kind byte, then its fields. Unsigned numbers are base-128 varints, lease ids
 * fixed eight bytes, byte strings a length and the bytes. {@code design/FORMATS.md} has the table.
 */
final class EntryCodec {
    private static final byte TRANSACTION = 1;
    private static final byte LEASE_GRANT = 2;
    private static final byte LEASE_REVOKE = 3;
    private static final byte LEASE_CHECKPOINT = 4;
    private static final byte COMPACTION = 5;
    private static final byte ALARM_CHANGE = 6;
    private static final byte TERM_START = 7;
    private static final byte AUTH_CHANGE = 8;
    private static final byte MEMBERSHIP_CHANGE = 9;
    private static final byte REVISION_BUMP = 10;

    private static final byte PUT = 1;
    private static final byte DELETE = 2;

    private EntryCodec() {}

    static void write(Entry entry, Buffer out) {
        switch (entry) {
            case Entry.Transaction transaction -> {
                out.writeByte(TRANSACTION).writeVarint(transaction.revision());
                writeChanges(transaction.changes(), out);
            }
            case Entry.LeaseGrant grant ->
                out.writeByte(LEASE_GRANT).writeLong(grant.leaseId()).writeVarint(grant.ttlSeconds());
            case Entry.LeaseRevoke revoke -> {
                out.writeByte(LEASE_REVOKE).writeLong(revoke.leaseId()).writeVarint(revoke.revision());
                writeChanges(revoke.deletes(), out);
            }
            case Entry.LeaseCheckpoint checkpoint -> {
                out.writeByte(LEASE_CHECKPOINT).writeVarint(checkpoint.leases().size());
                for (Entry.LeaseCheckpoint.Remaining lease : checkpoint.leases()) {
                    out.writeLong(lease.leaseId()).writeVarint(lease.remainingSeconds());
                }
            }
            case Entry.Compaction compaction -> out.writeByte(COMPACTION).writeVarint(compaction.revision());
            case Entry.RevisionBump bump -> out.writeByte(REVISION_BUMP).writeVarint(bump.revision());
            case Entry.AlarmChange change ->
                out.writeByte(ALARM_CHANGE)
                        .writeVarint(change.type())
                        .writeLong(change.memberId())
                        .writeByte((byte) (change.active() ? 1 : 0));
            case Entry.AuthChange change -> AuthCodec.write(change, out.writeByte(AUTH_CHANGE));
            case Entry.MembershipChange change -> MemberCodec.write(change, out.writeByte(MEMBERSHIP_CHANGE));
            case Entry.TermStart start ->
                out.writeByte(TERM_START)
                        .writeVarint(start.term())
                        .writeLong(start.process().getMostSignificantBits())
                        .writeLong(start.process().getLeastSignificantBits())
                        .writeVarint(start.parentTerm());
        }
    }

    private static void writeChanges(List<Change> changes, Buffer out) {
        out.writeVarint(changes.size());
        for (Change change : changes) {
            switch (change) {
                case Change.Put put ->
                    out.writeByte(PUT)
                            .writeBytes(put.key())
                            .writeVarint(put.createRevision())
                            .writeVarint(put.version())
                            .writeLong(put.leaseId())
                            .writeBytes(put.value());
                case Change.Delete delete -> out.writeByte(DELETE).writeBytes(delete.key());
            }
        }
    }

    static List<Entry> readAll(ByteBuffer in) throws FrameException {
        List<Entry> entries = new ArrayList<>();
        try {
            while (in.hasRemaining()) {
                entries.add(read(in));
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new FrameException("entry %d of the frame can't be read: %s".formatted(entries.size(), e));
        }
        return entries;
    }

    private static Entry read(ByteBuffer in) throws FrameException {
        byte kind = in.get();
        return switch (kind) {
            case TRANSACTION -> new Entry.Transaction(readVarint(in), readChanges(in));
            case LEASE_GRANT -> new Entry.LeaseGrant(in.getLong(), readVarint(in));
            case LEASE_REVOKE -> new Entry.LeaseRevoke(in.getLong(), readVarint(in), readChanges(in));
            case LEASE_CHECKPOINT -> readCheckpoint(in);
            case COMPACTION -> new Entry.Compaction(readVarint(in));
            case ALARM_CHANGE -> new Entry.AlarmChange((int) readVarint(in), in.getLong(), in.get() != 0);
            case TERM_START ->
                new Entry.TermStart(readVarint(in), new UUID(in.getLong(), in.getLong()), readVarint(in));
            case AUTH_CHANGE -> AuthCodec.readChange(in);
            case MEMBERSHIP_CHANGE -> MemberCodec.readChange(in);
            case REVISION_BUMP -> new Entry.RevisionBump(readVarint(in));
            default -> throw new FrameException("entry of unknown kind " + kind + ": written by a newer netsy?");
        };
    }

    private static Entry readCheckpoint(ByteBuffer in) {
        int count = readCount(in);
        List<Entry.LeaseCheckpoint.Remaining> leases = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            leases.add(new Entry.LeaseCheckpoint.Remaining(in.getLong(), readVarint(in)));
        }
        return new Entry.LeaseCheckpoint(leases);
    }

    private static List<Change> readChanges(ByteBuffer in) throws FrameException {
        int count = readCount(in);
        List<Change> changes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte kind = in.get();
            changes.add(
                    switch (kind) {
                        case PUT -> readPut(in);
                        case DELETE -> new Change.Delete(readBytes(in));
                        default -> throw new FrameException("change of unknown kind " + kind);
                    });
        }
        return changes;
    }

    private static Change readPut(ByteBuffer in) {
        Bytes key = readBytes(in);
        long createRevision = readVarint(in);
        long version = readVarint(in);
        long leaseId = in.getLong();
        return new Change.Put(key, readBytes(in), createRevision, version, leaseId);
    }

    static Bytes readBytes(ByteBuffer in) {
        return Bytes.read(in, readCount(in));
    }

    /** A count or length: each thing counted takes at least one byte, so more than remain is damage. */
    static int readCount(ByteBuffer in) {
        long count = readVarint(in);
        if (count > in.remaining()) {
            throw new BufferUnderflowException();
        }
        return (int) count;
    }

    static long readVarint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number is longer than nine bytes");
    }

    /** A growing array that entries are written to. */
    static final class Buffer {
        private static final int MAX_VARINT_BYTES = 9;
        private static final int MAX_RETAINED_BYTES = 4 << 20;

        private final int initialBytes;
        private byte[] bytes;
        private int size;

        Buffer(int initialBytes) {
            this.initialBytes = initialBytes;
            this.bytes = new byte[initialBytes];
        }

        int size() {
            return size;
        }

        void clear() {
            size = 0;
            if (bytes.length > MAX_RETAINED_BYTES) {
                bytes = new byte[initialBytes];
            }
        }

        void skip(int count) {
            ensure(count);
            size += count;
        }

        byte[] toByteArray() {
            return Arrays.copyOf(bytes, size);
        }

        Buffer writeByte(byte value) {
            ensure(1);
            bytes[size++] = value;
            return this;
        }

        Buffer writeLong(long value) {
            ensure(Long.BYTES);
            for (int shift = 56; shift >= 0; shift -= 8) {
                bytes[size++] = (byte) (value >>> shift);
            }
            return this;
        }

        Buffer writeVarint(long value) {
            if (value < 0) {
                throw new IllegalArgumentException("a negative number can't be a varint: " + value);
            }
            ensure(MAX_VARINT_BYTES);
            long rest = value;
            while (rest > 0x7f) {
                bytes[size++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            bytes[size++] = (byte) rest;
            return this;
        }

        Buffer writeBytes(Bytes value) {
            writeVarint(value.length());
            ensure(value.length());
            System.arraycopy(value.array(), 0, bytes, size, value.length());
            size += value.length();
            return this;
        }

        private void ensure(int more) {
            if (size + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
            }
        }
    }
}
