package io.netsy.replication.wire;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.replication.core.PeerMessage;
import io.netsy.replication.model.LogPosition;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every message comes back as it was, in whatever pieces it arrives. */
class MessageCodecTest {
    private final Set<MessageType> seen = EnumSet.noneOf(MessageType.class);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyMessageComesBackAsItWas(long seed) throws WireException {
        Messages messages = new Messages(seed);
        List<PeerMessage> standby = new ArrayList<>(List.of(messages.hello()));
        standby.addAll(messages.fromStandby());
        standby.add(messages.bye());
        List<PeerMessage> primary = new ArrayList<>(List.of(messages.randomBegin()));
        primary.addAll(messages.fromPrimary());
        primary.add(messages.bye());

        assertThat(inPieces(Phase.PREAMBLE, standby, seed)).isEqualTo(standby);
        assertThat(inPieces(Phase.BEGIN, primary, seed)).isEqualTo(primary);
        assertThat(seen).containsExactlyInAnyOrder(MessageType.values());
    }

    private List<PeerMessage> inPieces(Phase first, List<PeerMessage> messages, long seed) throws WireException {
        List<byte[]> parts = new ArrayList<>();
        if (first == Phase.PREAMBLE) {
            parts.add(Messages.bytes(MessageWriter.preamble()));
        }
        for (PeerMessage message : messages) {
            byte[] bytes = Messages.bytes(message);
            seen.add(requireNonNull(MessageType.of(bytes[4])));
            parts.add(bytes);
        }
        return decode(new StreamDecoder(first), Messages.concat(parts.toArray(byte[][]::new)), new Random(seed));
    }

    private static List<PeerMessage> decode(StreamDecoder decoder, byte[] bytes, Random random) throws WireException {
        List<PeerMessage> decoded = new ArrayList<>();
        for (int from = 0; from < bytes.length; ) {
            int size = Math.min(bytes.length - from, 1 + random.nextInt(random.nextBoolean() ? 40 : 70_000));
            ByteBuf piece = Unpooled.wrappedBuffer(bytes, from, size);
            for (PeerMessage next = decoder.next(piece); next != null; next = decoder.next(piece)) {
                decoded.add(next);
            }
            assertThat(piece.readableBytes()).isZero();
            from += size;
        }
        return decoded;
    }

    @Test
    void whatTheOtherSideWouldNotTakeIsNotSent() {
        PeerMessage.Hello hello = Messages.hello("a");
        PeerMessage.Hello longTail = new PeerMessage.Hello(
                hello.identity(), 7, LogPosition.START, Collections.nCopies(2_049, LogPosition.START));

        assertThatThrownBy(() -> MessageWriter.encode(longTail))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a hello names at most 2048 positions, not 2049");
        assertThatThrownBy(() -> MessageWriter.encode(Messages.hello(""))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MessageWriter.encode(Messages.hello("a\nb")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("node id 'a b' is empty, longer than 255 bytes or can't be printed");
        assertThatThrownBy(() -> MessageWriter.encode(Messages.hello("x".repeat(256))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aReasonIsOneLineOfBoundedLength() throws WireException {
        String reason = "first\nsecond\u2028\u001b[31m" + "x".repeat(2_000);

        List<PeerMessage> decoded =
                decode(new StreamDecoder(Phase.BEGIN), Messages.bytes(new PeerMessage.Bye(reason)), new Random(1));

        String expected = ("first second  [31m" + "x".repeat(2_000)).substring(0, 1_000) + "...";
        assertThat(decoded).containsExactly(new PeerMessage.Bye(expected));
    }
}
