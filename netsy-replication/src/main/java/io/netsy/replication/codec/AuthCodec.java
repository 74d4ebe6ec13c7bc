package io.netsy.replication.codec;

import io.netsy.replication.codec.EntryCodec.Buffer;
import io.netsy.replication.model.AuthPermission;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The bytes of users and roles: in log entries, and in the records of snapshots and replicas. */
public final class AuthCodec {
    private static final int INITIAL_BYTES = 128;

    private AuthCodec() {}

    public static Bytes encode(AuthUser user) {
        return encode(user, AuthCodec::write);
    }

    public static Bytes encode(AuthRole role) {
        return encode(role, AuthCodec::write);
    }

    /** The user of {@link #encode(AuthUser)}. */
    public static AuthUser decodeUser(Bytes bytes) throws FrameException {
        return decode("user", bytes, AuthCodec::readUser);
    }

    /** The role of {@link #encode(AuthRole)}. */
    public static AuthRole decodeRole(Bytes bytes) throws FrameException {
        return decode("role", bytes, AuthCodec::readRole);
    }

    private static <T> Bytes encode(T record, BiConsumer<T, Buffer> writer) {
        Buffer out = new Buffer(INITIAL_BYTES);
        writer.accept(record, out);
        return Bytes.wrap(out.toByteArray());
    }

    private static <T> T decode(String what, Bytes bytes, Function<ByteBuffer, T> reader) throws FrameException {
        ByteBuffer in = ByteBuffer.wrap(bytes.array());
        try {
            T record = reader.apply(in);
            if (in.hasRemaining()) {
                throw new FrameException("%d bytes follow the end of a %s".formatted(in.remaining(), what));
            }
            return record;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new FrameException("a %s can't be read: %s".formatted(what, e));
        }
    }

    static void write(Entry.AuthChange change, Buffer out) {
        out.writeVarint(change.authRevision()).writeByte(flag(change.enabled()));
        write(change.users().put(), AuthCodec::write, out);
        write(change.users().removed(), AuthCodec::write, out);
        write(change.roles().put(), AuthCodec::write, out);
        write(change.roles().removed(), AuthCodec::write, out);
    }

    static Entry.AuthChange readChange(ByteBuffer in) {
        return new Entry.AuthChange(
                EntryCodec.readVarint(in),
                in.get() != 0,
                new Entry.AuthChange.Changed<>(readList(in, AuthCodec::readUser), readList(in, EntryCodec::readBytes)),
                new Entry.AuthChange.Changed<>(readList(in, AuthCodec::readRole), readList(in, EntryCodec::readBytes)));
    }

    private static void write(AuthUser user, Buffer out) {
        out.writeBytes(user.name()).writeBytes(user.passwordHash()).writeByte(flag(user.noPassword()));
        write(user.roles(), AuthCodec::write, out);
    }

    private static AuthUser readUser(ByteBuffer in) {
        return new AuthUser(
                EntryCodec.readBytes(in), EntryCodec.readBytes(in), in.get() != 0, readList(in, EntryCodec::readBytes));
    }

    private static void write(AuthRole role, Buffer out) {
        out.writeBytes(role.name());
        write(role.permissions(), AuthCodec::write, out);
    }

    private static AuthRole readRole(ByteBuffer in) {
        return new AuthRole(EntryCodec.readBytes(in), readList(in, AuthCodec::readPermission));
    }

    private static void write(AuthPermission permission, Buffer out) {
        out.writeVarint(permission.type()).writeBytes(permission.key()).writeBytes(permission.rangeEnd());
    }

    private static AuthPermission readPermission(ByteBuffer in) {
        return new AuthPermission(
                Math.toIntExact(EntryCodec.readVarint(in)), EntryCodec.readBytes(in), EntryCodec.readBytes(in));
    }

    private static void write(Bytes bytes, Buffer out) {
        out.writeBytes(bytes);
    }

    private static byte flag(boolean set) {
        return (byte) (set ? 1 : 0);
    }

    private static <T> void write(List<T> records, BiConsumer<T, Buffer> writer, Buffer out) {
        out.writeVarint(records.size());
        records.forEach(record -> writer.accept(record, out));
    }

    private static <T> List<T> readList(ByteBuffer in, Function<ByteBuffer, T> reader) {
        int count = EntryCodec.readCount(in);
        List<T> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            records.add(reader.apply(in));
        }
        return records;
    }
}
