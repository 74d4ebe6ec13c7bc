package io.netsy.replication.wire;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.core.PeerMessage;
import io.netsy.replication.model.LogPosition;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Reads the body of a message. Stateless. */
final class MessageReader {
    private MessageReader() {}

    /**
     * The message of this type whose body is what the buffer holds.
     *
     * @throws WireException when it holds anything else
     */
    static PeerMessage read(MessageType type, ByteBuffer body) throws WireException {
        try {
            PeerMessage message = content(type, body);
            if (body.hasRemaining()) {
                throw new WireException("%s has %d bytes too many".formatted(type, body.remaining()));
            }
            return message;
        } catch (FrameException damaged) {
            throw new WireException(String.valueOf(damaged.getMessage()));
        } catch (BufferUnderflowException _) {
            throw new WireException(type + " ends too early");
        } catch (IllegalArgumentException senseless) {
            throw new WireException("%s makes no sense: %s".formatted(type, senseless.getMessage()));
        }
    }

    private static PeerMessage content(MessageType type, ByteBuffer in) throws FrameException {
        return switch (type) {
            case HELLO -> hello(in);
            case REPORT -> new PeerMessage.Report(position(in), position(in), position(in));
            case CONFIRMED -> new PeerMessage.Confirmed(in.getLong());
            case ASK_INDEX -> new PeerMessage.AskIndex(in.getLong());
            case BEGIN -> new PeerMessage.Begin(natural(in), uuid(in), position(in), progress(in));
            case SEND -> send(in);
            case PROGRESS -> progress(in);
            case CONFIRM -> new PeerMessage.Confirm(in.getLong());
            case INDEX -> new PeerMessage.Index(in.getLong(), natural(in));
            case REBUILD -> new PeerMessage.Rebuild(natural(in), natural(in), reason(in));
            case BYE -> new PeerMessage.Bye(reason(in));
        };
    }

    private static PeerMessage.Hello hello(ByteBuffer in) {
        PeerMessage.Identity identity = new PeerMessage.Identity(uuid(in), nodeId(in), uuid(in));
        long term = natural(in);
        LogPosition committed = position(in);
        return new PeerMessage.Hello(identity, term, committed, tail(in));
    }

    /** The count is held against the bytes that are there before room is made for it. */
    private static List<LogPosition> tail(ByteBuffer in) {
        int count = in.getInt();
        if (count < 0 || count > WireFormat.MAX_TAIL || in.remaining() != count * WireFormat.POSITION_BYTES) {
            throw new IllegalArgumentException("a tail of %d positions in %d bytes".formatted(count, in.remaining()));
        }
        List<LogPosition> tail = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            tail.add(position(in));
        }
        return tail;
    }

    static String nodeId(ByteBuffer in) {
        byte[] bytes = new byte[nodeIdBytes(in)];
        in.get(bytes);
        String nodeId = new String(bytes, StandardCharsets.UTF_8);
        boolean isUtf8 = Arrays.equals(nodeId.getBytes(StandardCharsets.UTF_8), bytes);
        if (!isUtf8 || !WireText.isPlain(nodeId)) {
            throw new IllegalArgumentException("a node id with characters that can't be printed");
        }
        return nodeId;
    }

    private static int nodeIdBytes(ByteBuffer in) {
        int length = Short.toUnsignedInt(in.getShort());
        if (length < 1 || length > WireFormat.MAX_NODE_ID_BYTES) {
            throw new IllegalArgumentException("a node id of %d bytes".formatted(length));
        }
        return length;
    }

    private static PeerMessage.Send send(ByteBuffer in) throws FrameException {
        long storedIndex = natural(in);
        return new PeerMessage.Send(Frame.read(in), storedIndex);
    }

    private static PeerMessage.Progress progress(ByteBuffer in) {
        return new PeerMessage.Progress(natural(in), position(in), natural(in), flag(in));
    }

    static boolean flag(ByteBuffer in) {
        byte value = in.get();
        if (value != 0 && value != 1) {
            throw new IllegalArgumentException("a flag of " + value);
        }
        return value == 1;
    }

    static LogPosition position(ByteBuffer in) {
        return new LogPosition(in.getLong(), in.getLong(), in.getInt());
    }

    static UUID uuid(ByteBuffer in) {
        return new UUID(in.getLong(), in.getLong());
    }

    static long natural(ByteBuffer in) {
        long number = in.getLong();
        if (number < 0) {
            throw new IllegalArgumentException("a term or an index of " + number);
        }
        return number;
    }

    private static String reason(ByteBuffer in) {
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return WireText.oneLine(new String(bytes, StandardCharsets.UTF_8));
    }
}
