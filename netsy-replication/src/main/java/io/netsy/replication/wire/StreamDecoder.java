package io.netsy.replication.wire;

import io.netsy.replication.codec.FrameException;
import io.netsy.replication.codec.FrameHeader;
import io.netsy.replication.core.PeerMessage;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of one direction of a stream into messages.
 *
 * <ol>
 *   <li>Five bytes: the preamble, or the length and the type of a message.
 *   <li>The type is held against the phase of the stream, the length against the type. Nothing is kept before.
 *   <li>The body. Room for it grows with the bytes that came, never with the bytes that were announced; the header of a
 *       frame is checked as soon as it is there.
 * </ol>
 *
 * For one thread. After an exception the stream is over.
 */
final class StreamDecoder {
    private static final int INITIAL_BYTES = 4 << 10;

    /** Room that is kept from one message to the next. */
    private static final int KEPT_BYTES = 1 << 20;

    private static final byte[] NOTHING = {};

    private final byte[] head = new byte[WireFormat.HEAD_BYTES];
    private Phase phase;
    private int headCount;
    private @Nullable MessageType type;
    private byte[] body = NOTHING;
    private int bodyBytes;
    private int bodyCount;
    private boolean frameHeaderRead;

    StreamDecoder(Phase first) {
        this.phase = first;
    }

    /** What may come next. */
    Phase phase() {
        return phase;
    }

    /** Bytes of heap that this stream holds for what it did not hand on yet. */
    int heldBytes() {
        return body.length;
    }

    /**
     * The next message, or null when more bytes are needed; it takes from the buffer what it uses.
     *
     * @throws WireException when what came may not come
     */
    @Nullable
    PeerMessage next(ByteBuf in) throws WireException {
        while (type == null) {
            if (!fillHead(in)) {
                return null;
            }
            headCount = 0;
            takeHead(ByteBuffer.wrap(head));
        }
        return body(type, in);
    }

    private boolean fillHead(ByteBuf in) {
        int size = Math.min(in.readableBytes(), head.length - headCount);
        in.readBytes(head, headCount, size);
        headCount += size;
        return headCount == head.length;
    }

    private void takeHead(ByteBuffer five) throws WireException {
        int first = five.getInt();
        byte second = five.get();
        if (phase == Phase.PREAMBLE) {
            takePreamble(first, second);
        } else {
            takeLength(first, second);
        }
    }

    private void takePreamble(int magic, byte version) throws WireException {
        if (magic != WireFormat.MAGIC) {
            throw new WireException("no netsy peer, its first bytes are %08x%s".formatted(magic, guess(magic)));
        }
        phase = Phase.HELLO;
        if (version != WireFormat.VERSION) {
            throw new WireException("the peer speaks format version %d, this node version %d"
                    .formatted(Byte.toUnsignedInt(version), WireFormat.VERSION));
        }
    }

    private void takeLength(int length, byte code) throws WireException {
        MessageType named = typeOf(length, code);
        if (!phase.allows(named)) {
            throw new WireException("%s may not come in phase %s".formatted(named, phase));
        }
        if (length < 1 || !named.allows(length - 1)) {
            throw new WireException(
                    "%s of %d bytes is too short or too long".formatted(named, Integer.toUnsignedLong(length)));
        }
        type = named;
        bodyBytes = length - 1;
        bodyCount = 0;
        frameHeaderRead = named != MessageType.SEND;
    }

    private MessageType typeOf(int length, byte code) throws WireException {
        if (phase == Phase.BEGIN && !guess(length).isEmpty()) {
            throw new WireException("no netsy peer, its first bytes are %08x%s".formatted(length, guess(length)));
        }
        MessageType named = MessageType.of(code);
        if (named == null) {
            throw new WireException("a message of unknown type %d and length %d"
                    .formatted(Byte.toUnsignedInt(code), Integer.toUnsignedLong(length)));
        }
        return named;
    }

    /** What the other side speaks instead, for people; no first message is as long as these bytes would make it. */
    private static String guess(int firstBytes) {
        return switch (firstBytes >>> 16) {
            case 0x1503, 0x1603 -> ": it speaks TLS, and this node does not";
            case 0x4854, 0x4745, 0x5052 -> ": it speaks HTTP";
            default -> "";
        };
    }

    private @Nullable PeerMessage body(MessageType named, ByteBuf in) throws WireException {
        if (bodyCount == 0 && in.readableBytes() >= bodyBytes) {
            ByteBuffer whole = in.nioBuffer(in.readerIndex(), bodyBytes);
            checkFrameHeader(whole);
            in.skipBytes(bodyBytes);
            return finish(named, whole);
        }
        gather(in);
        checkFrameHeader(ByteBuffer.wrap(body, 0, bodyCount));
        return bodyCount == bodyBytes ? finish(named, ByteBuffer.wrap(body, 0, bodyBytes)) : null;
    }

    private void gather(ByteBuf in) {
        int size = Math.min(in.readableBytes(), bodyBytes - bodyCount);
        int needed = bodyCount + size;
        if (needed > body.length) {
            long grown = Math.max(Math.max(INITIAL_BYTES, needed), 2L * body.length);
            body = Arrays.copyOf(body, (int) Math.min(grown, bodyBytes));
        }
        in.readBytes(body, bodyCount, size);
        bodyCount = needed;
    }

    private void checkFrameHeader(ByteBuffer start) throws WireException {
        if (frameHeaderRead || start.remaining() < WireFormat.FRAME_OFFSET + FrameHeader.SIZE_BYTES) {
            return;
        }
        try {
            ByteBuffer frame = start.slice(start.position() + WireFormat.FRAME_OFFSET, FrameHeader.SIZE_BYTES);
            int announced = FrameHeader.read(frame).frameBytes();
            if (announced != bodyBytes - WireFormat.FRAME_OFFSET) {
                throw new WireException("a frame of %d bytes in a message for %d"
                        .formatted(announced, bodyBytes - WireFormat.FRAME_OFFSET));
            }
        } catch (FrameException noFrame) {
            throw new WireException(String.valueOf(noFrame.getMessage()));
        }
        frameHeaderRead = true;
    }

    private PeerMessage finish(MessageType named, ByteBuffer whole) throws WireException {
        PeerMessage message = MessageReader.read(named, whole);
        phase = phase.after(named);
        type = null;
        bodyCount = 0;
        if (body.length > KEPT_BYTES) {
            body = NOTHING;
        }
        return message;
    }
}
