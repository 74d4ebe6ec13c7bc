package io.netsy.replication.codec;

import io.netsy.replication.codec.EntryCodec.Buffer;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.Member;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The bytes of members: in log entries, and in the records of snapshots and replicas. */
public final class MemberCodec {
    private static final int INITIAL_BYTES = 128;

    private MemberCodec() {}

    public static Bytes encode(Member member) {
        Buffer out = new Buffer(INITIAL_BYTES);
        write(member, out);
        return Bytes.wrap(out.toByteArray());
    }

    /** The member of {@link #encode}. */
    public static Member decode(Bytes bytes) throws FrameException {
        ByteBuffer in = ByteBuffer.wrap(bytes.array());
        try {
            Member member = read(in);
            if (in.hasRemaining()) {
                throw new FrameException("%d bytes follow the end of a member".formatted(in.remaining()));
            }
            return member;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new FrameException("a member can't be read: " + e);
        }
    }

    static void write(Entry.MembershipChange change, Buffer out) {
        out.writeVarint(change.put().size());
        change.put().forEach(member -> write(member, out));
        out.writeVarint(change.removed().size());
        change.removed().forEach(out::writeLong);
    }

    private static void write(Member member, Buffer out) {
        out.writeLong(member.id()).writeBytes(Bytes.utf8(member.name()));
        write(member.peerUrls(), out);
        write(member.clientUrls(), out);
        out.writeByte((byte) (member.learner() ? 1 : 0));
    }

    private static void write(List<String> texts, Buffer out) {
        out.writeVarint(texts.size());
        texts.forEach(text -> out.writeBytes(Bytes.utf8(text)));
    }

    static Entry.MembershipChange readChange(ByteBuffer in) {
        int count = EntryCodec.readCount(in);
        List<Member> put = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            put.add(read(in));
        }
        int gone = EntryCodec.readCount(in);
        List<Long> removed = new ArrayList<>(gone);
        for (int i = 0; i < gone; i++) {
            removed.add(in.getLong());
        }
        return new Entry.MembershipChange(put, removed);
    }

    private static Member read(ByteBuffer in) {
        return new Member(in.getLong(), readText(in), readTexts(in), readTexts(in), in.get() != 0);
    }

    private static List<String> readTexts(ByteBuffer in) {
        int count = EntryCodec.readCount(in);
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(readText(in));
        }
        return texts;
    }

    private static String readText(ByteBuffer in) {
        return new String(EntryCodec.readBytes(in).array(), StandardCharsets.UTF_8);
    }
}
