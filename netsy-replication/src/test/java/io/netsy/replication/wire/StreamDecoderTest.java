package io.netsy.replication.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.replication.core.PeerMessage;
import io.netsy.replication.model.LogPosition;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What may not come is refused before anything is kept of it. */
class StreamDecoderTest {
    private static final byte[] PREAMBLE = Messages.bytes(MessageWriter.preamble());

    @Test
    void anotherProtocolIsNamed() {
        refused(Phase.PREAMBLE, "garbage".getBytes(StandardCharsets.US_ASCII), "no netsy peer, its first bytes are");
        refused(Phase.PREAMBLE, new byte[] {22, 3, 1, 2, 0}, "16030102: it speaks TLS, and this node does not");
        refused(Phase.PREAMBLE, "GET / HTTP/1.1".getBytes(StandardCharsets.US_ASCII), "47455420: it speaks HTTP");
        refused(Phase.BEGIN, "HTTP/1.1 400".getBytes(StandardCharsets.US_ASCII), ": it speaks HTTP");
        refused(Phase.BEGIN, new byte[] {21, 3, 3, 0, 2}, ": it speaks TLS, and this node does not");
    }

    @Test
    void anotherVersionIsRefusedAsAPeer() {
        StreamDecoder decoder = new StreamDecoder(Phase.PREAMBLE);
        assertThatThrownBy(() -> decoder.next(Unpooled.wrappedBuffer(new byte[] {'N', 'S', 'Y', 'P', 2})))
                .isInstanceOf(WireException.class)
                .hasMessage("the peer speaks format version 2, this node version 1");
        assertThat(decoder.phase()).isEqualTo(Phase.HELLO);
    }

    @Test
    void everyTypeIsTakenOnlyInItsPhase() throws WireException {
        byte[] hello = Messages.bytes(Messages.hello("a"));
        byte[] report = Messages.bytes(new Messages(1).fromStandby().getFirst());
        byte[] begin = Messages.bytes(Messages.begin());
        byte[] frame = Messages.bytes(Messages.frame(10));

        refused(Phase.HELLO, report, "REPORT may not come in phase HELLO");
        refused(Phase.STANDBY, hello, "HELLO may not come in phase STANDBY");
        refused(Phase.STANDBY, frame, "SEND may not come in phase STANDBY");
        refused(Phase.BEGIN, frame, "SEND may not come in phase BEGIN");
        refused(Phase.PRIMARY, begin, "BEGIN may not come in phase PRIMARY");
        refused(Phase.PRIMARY, report, "REPORT may not come in phase PRIMARY");

        StreamDecoder decoder = new StreamDecoder(Phase.PREAMBLE);
        ByteBuf twice = Unpooled.wrappedBuffer(PREAMBLE, hello, hello);
        assertThat(decoder.next(twice)).isEqualTo(Messages.hello("a"));
        assertThatThrownBy(() -> decoder.next(twice)).hasMessage("HELLO may not come in phase STANDBY");
    }

    @Test
    void aLengthThatDoesNotFitTheTypeIsRefusedBeforeTheBody() {
        for (int length : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 0, 1, 65_538}) {
            refused(Phase.HELLO, head(length, MessageType.HELLO), "is too short or too long");
        }
        refused(Phase.STANDBY, head(62, MessageType.REPORT), "REPORT of 62 bytes is too short or too long");
        refused(Phase.PRIMARY, head(65_538, MessageType.BYE), "BYE of 65538 bytes is too short or too long");
        refused(Phase.PRIMARY, head(Integer.MAX_VALUE, MessageType.SEND), "SEND of 2147483647 bytes is too");
        refused(Phase.PRIMARY, new byte[] {0, 0, 0, 9, 99}, "a message of unknown type 99 and length 9");
    }

    @Test
    void roomGrowsWithWhatCameAndNotWithWhatWasAnnounced() throws WireException {
        byte[] frame = Messages.bytes(Messages.frame(300_000_000 / 100));
        StreamDecoder decoder = new StreamDecoder(Phase.PRIMARY);

        for (int size : new int[] {5, 100, 10_000, 200_000}) {
            assertThat(decoder.next(Unpooled.wrappedBuffer(frame, 0, 5))).isNull();
            assertThat(decoder.next(Unpooled.wrappedBuffer(frame, 5, size))).isNull();
            assertThat(decoder.heldBytes()).isLessThanOrEqualTo(Math.max(4 << 10, 2 * size));
            decoder = new StreamDecoder(Phase.PRIMARY);
        }
    }

    @Test
    void theRoomOfABigFrameIsGivenBack() throws WireException {
        byte[] frame = Messages.bytes(Messages.frame(3_000_000));
        StreamDecoder decoder = new StreamDecoder(Phase.PRIMARY);

        assertThat(decoder.next(Unpooled.wrappedBuffer(frame, 0, 2_000_000))).isNull();
        assertThat(decoder.heldBytes()).isGreaterThanOrEqualTo(1_999_995);
        assertThat(decoder.next(Unpooled.wrappedBuffer(frame, 2_000_000, frame.length - 2_000_000)))
                .isEqualTo(Messages.frame(3_000_000));
        assertThat(decoder.heldBytes()).isZero();
    }

    @Test
    void aFrameIsRefusedByItsHeaderAloneWhenItIsNone() {
        byte[] frame = Messages.bytes(Messages.frame(100_000));
        byte[] start = Arrays.copyOf(frame, 5 + 8 + 68);

        byte[] noMagic = start.clone();
        noMagic[13] = 'x';
        refused(Phase.PRIMARY, noMagic, "no frame begins here");
        byte[] otherLength = start.clone();
        ByteBuffer.wrap(otherLength).putInt(0, 90_000);
        refused(Phase.PRIMARY, otherLength, "bytes in a message for 89991");
    }

    @Test
    void aDamagedFrameIsRefused() {
        byte[] frame = Messages.bytes(Messages.frame(1_000));
        frame[frame.length - 1] ^= 1;
        refused(Phase.PRIMARY, frame, "is damaged: CRC32C");
    }

    @Test
    void contentThatMakesNoSenseIsRefused() {
        byte[] report = Messages.bytes(new PeerMessage.Report(LogPosition.START, LogPosition.START, LogPosition.START));
        report[5] = -1;
        refused(Phase.STANDBY, report, "REPORT makes no sense: position of term");

        byte[] hello = Messages.bytes(Messages.hello("a"));
        byte[] hugeTail = hello.clone();
        ByteBuffer.wrap(hugeTail).putInt(hello.length - 4, Integer.MAX_VALUE);
        refused(Phase.HELLO, hugeTail, "HELLO makes no sense: a tail of 2147483647 positions in 0 bytes");
        byte[] hugeName = hello.clone();
        hugeName[21] = 1;
        refused(Phase.HELLO, hugeName, "HELLO makes no sense: a node id of 257 bytes");
        byte[] ugly = Messages.bytes(Messages.hello("a"));
        ugly[23] = '\n';
        refused(Phase.HELLO, ugly, "characters that can't be printed");
    }

    private static byte[] head(int length, MessageType type) {
        return ByteBuffer.allocate(5).putInt(length).put(type.code()).array();
    }

    private static void refused(Phase phase, byte[] bytes, String reason) {
        StreamDecoder decoder = new StreamDecoder(phase);
        assertThatThrownBy(() -> decoder.next(Unpooled.wrappedBuffer(bytes)))
                .isInstanceOf(WireException.class)
                .hasMessageContaining(reason);
        assertThat(decoder.heldBytes()).isLessThanOrEqualTo(4 << 10);
    }
}
