package io.netsy.replication.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.replication.model.AuthPermission;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Member;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FrameTest {
    private static final UUID PROCESS = new UUID(0x0123456789abcdefL, 0xfedcba9876543210L);

    private static final List<Entry> ONE_OF_EACH = List.of(
            new Entry.TermStart(7, PROCESS, 6),
            new Entry.Transaction(
                    2,
                    List.of(
                            new Change.Put(Bytes.utf8("a"), Bytes.utf8("1"), 2, 1, 0),
                            new Change.Put(Bytes.utf8("b"), Bytes.EMPTY, 1, 300, -5),
                            new Change.Delete(Bytes.utf8("c")))),
            new Entry.LeaseGrant(-1, 9_000_000_000L),
            new Entry.LeaseRevoke(Long.MIN_VALUE, 3, List.of(new Change.Delete(Bytes.utf8("b")))),
            new Entry.LeaseRevoke(4, 3, List.of()),
            new Entry.LeaseCheckpoint(List.of(new Entry.LeaseCheckpoint.Remaining(1, 0))),
            new Entry.Compaction(Long.MAX_VALUE >>> 1),
            new Entry.RevisionBump(1_000_000_007),
            new Entry.AlarmChange(1, -42, true),
            new Entry.MembershipChange(
                    List.of(
                            new Member(-1, "nödé", List.of("http://a:1", ""), List.of("http://a:2"), true),
                            new Member(Long.MIN_VALUE, "", List.of(), List.of(), false)),
                    List.of(0L, Long.MAX_VALUE, -5L)),
            new Entry.MembershipChange(List.of(), List.of()),
            new Entry.AuthChange(
                    12,
                    true,
                    new Entry.AuthChange.Changed<>(
                            List.of(
                                    new AuthUser(
                                            Bytes.utf8("root"), Bytes.utf8("$2a$10$"), false, List.of(AuthRole.ROOT)),
                                    new AuthUser(Bytes.utf8("ü"), Bytes.EMPTY, true, List.of())),
                            List.of(Bytes.utf8("gone"))),
                    new Entry.AuthChange.Changed<>(
                            List.of(new AuthRole(
                                    Bytes.utf8("r"),
                                    List.of(new AuthPermission(
                                            AuthPermission.READ_WRITE, Bytes.utf8("a"), Bytes.utf8("b"))))),
                            List.of(Bytes.utf8("old"), Bytes.EMPTY))),
            new Entry.AuthChange(1, false, Entry.AuthChange.Changed.nothing(), Entry.AuthChange.Changed.nothing()));

    private static Frame frameOf(List<Entry> entries, LogPosition tip) {
        FrameBuilder builder = new FrameBuilder(7, tip, 1);
        long revision = 1;
        for (Entry entry : entries) {
            builder.append(entry, ++revision);
        }
        return builder.seal(1234);
    }

    private static byte[] bytesOf(Frame frame) {
        byte[] bytes = new byte[frame.sizeBytes()];
        frame.bytes().get(bytes);
        return bytes;
    }

    @Test
    void everyKindOfEntryComesBackAsItWas() throws FrameException {
        Frame frame = frameOf(ONE_OF_EACH, new LogPosition(6, 99, 0xdeadbeef));

        Frame read = Frame.read(ByteBuffer.wrap(bytesOf(frame)));

        assertThat(read.entries()).isEqualTo(ONE_OF_EACH);
        assertThat(read).isEqualTo(frame);
        assertThat(read.header())
                .isEqualTo(new FrameHeader(
                        7,
                        100,
                        112,
                        2,
                        14,
                        1234,
                        0xdeadbeef,
                        frame.sizeBytes() - FrameHeader.SIZE_BYTES,
                        frame.header().checksum()));
    }

    @Test
    void everyFlippedBitIsFound() {
        byte[] bytes = bytesOf(frameOf(ONE_OF_EACH, LogPosition.START));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);

            assertThatThrownBy(() -> Frame.read(ByteBuffer.wrap(damaged)))
                    .as("bit %d", bit)
                    .isInstanceOf(FrameException.class);
        }
    }

    @Test
    void everyTruncationIsFound() {
        byte[] bytes = bytesOf(frameOf(ONE_OF_EACH, LogPosition.START));
        for (int length = 0; length < bytes.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(bytes, 0, length);

            assertThatThrownBy(() -> Frame.read(cut)).as("%d bytes", length).isInstanceOf(FrameException.class);
        }
    }

    @Test
    void aGiganticLengthFieldAllocatesNothing() {
        byte[] bytes = bytesOf(frameOf(ONE_OF_EACH, LogPosition.START));
        ByteBuffer.wrap(bytes).putInt(60, Integer.MAX_VALUE);

        assertThatThrownBy(() -> Frame.read(ByteBuffer.wrap(bytes)))
                .isInstanceOf(FrameException.class)
                .hasMessageContaining("makes no sense");
    }

    @Test
    void framesChainByChecksumIndexAndTerm() {
        FrameBuilder builder = new FrameBuilder(7, LogPosition.START, 1);
        builder.append(new Entry.Compaction(1), 1);
        Frame first = builder.seal(0);
        builder.append(new Entry.Compaction(2), 1);
        Frame second = builder.seal(0);

        assertThat(first.follows(LogPosition.START)).isTrue();
        assertThat(second.follows(first.end())).isTrue();
        assertThat(second.follows(new LogPosition(7, 1, first.end().checksum() + 1)))
                .isFalse();
        assertThat(second.follows(new LogPosition(7, 2, first.end().checksum())))
                .isFalse();
        assertThat(second.follows(new LogPosition(8, 1, first.end().checksum())))
                .isFalse();
    }

    @Test
    void equalEntriesAtDifferentPlacesHaveDifferentChecksums() {
        Frame here = frameOf(ONE_OF_EACH, new LogPosition(1, 5, 1));
        Frame there = frameOf(ONE_OF_EACH, new LogPosition(1, 5, 2));

        assertThat(here.end().checksum()).isNotEqualTo(there.end().checksum());
    }

    @Test
    void aFrameWithoutEntriesIsRefused() {
        assertThatThrownBy(() -> new FrameBuilder(1, LogPosition.START, 1).seal(0))
                .isInstanceOf(IllegalStateException.class);
    }
}
