package io.netsy.replication.wire;

import io.netsy.replication.core.PeerMessage;
import io.netsy.replication.model.LogPosition;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Encodes messages. Stateless. */
final class MessageWriter {
    private static final int INITIAL_BYTES = 128;

    private MessageWriter() {}

    /** What the side that connects sends first. */
    static Outgoing preamble() {
        ByteBuffer preamble = ByteBuffer.allocate(WireFormat.HEAD_BYTES);
        preamble.putInt(WireFormat.MAGIC).put(WireFormat.VERSION).flip();
        return new Outgoing(preamble, null);
    }

    /**
     * The message as it goes out; a frame stays in the array that it was sealed in.
     *
     * @throws IllegalArgumentException when it is longer than the other side would take
     */
    static Outgoing encode(PeerMessage message) {
        ByteBuf out = Unpooled.buffer(INITIAL_BYTES).writeInt(0);
        ByteBuffer frame =
                message instanceof PeerMessage.Send send ? send.frame().bytes() : null;
        MessageType type = write(message, out);
        int length = out.readableBytes() - Integer.BYTES + (frame == null ? 0 : frame.remaining());
        if (!type.allows(length - 1)) {
            throw new IllegalArgumentException("%s of %d bytes can't be sent".formatted(type, length));
        }
        out.setInt(0, length);
        return new Outgoing(out.nioBuffer(), frame);
    }

    private static MessageType write(PeerMessage message, ByteBuf out) {
        return switch (message) {
            case PeerMessage.Hello hello -> hello(out, hello);
            case PeerMessage.Report report -> report(out, report);
            case PeerMessage.Confirmed confirmed -> number(out, MessageType.CONFIRMED, confirmed.round());
            case PeerMessage.AskIndex ask -> number(out, MessageType.ASK_INDEX, ask.question());
            case PeerMessage.Begin begin -> begin(out, begin);
            case PeerMessage.Send send -> number(out, MessageType.SEND, send.storedIndex());
            case PeerMessage.Progress progress -> progress(start(out, MessageType.PROGRESS), progress);
            case PeerMessage.Confirm confirm -> number(out, MessageType.CONFIRM, confirm.round());
            case PeerMessage.Index index -> index(out, index);
            case PeerMessage.Rebuild rebuild -> rebuild(out, rebuild);
            case PeerMessage.Bye bye -> reason(start(out, MessageType.BYE), MessageType.BYE, bye.reason());
        };
    }

    private static ByteBuf start(ByteBuf out, MessageType type) {
        return out.writeByte(type.code());
    }

    private static MessageType hello(ByteBuf out, PeerMessage.Hello hello) {
        start(out, MessageType.HELLO);
        uuid(out, hello.identity().clusterId());
        nodeId(out, hello.identity().nodeId());
        uuid(out, hello.identity().diskId());
        out.writeLong(hello.term());
        position(out, hello.committed());
        tail(out, hello.tail());
        return MessageType.HELLO;
    }

    static void nodeId(ByteBuf out, String nodeId) {
        byte[] bytes = nodeId.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < 1 || bytes.length > WireFormat.MAX_NODE_ID_BYTES || !WireText.isPlain(nodeId)) {
            throw new IllegalArgumentException(
                    "node id '%s' is empty, longer than %d bytes or can't be printed: give the node another"
                            .formatted(WireText.oneLine(nodeId), WireFormat.MAX_NODE_ID_BYTES));
        }
        out.writeShort(bytes.length).writeBytes(bytes);
    }

    private static void tail(ByteBuf out, List<LogPosition> tail) {
        if (tail.size() > WireFormat.MAX_TAIL) {
            throw new IllegalArgumentException(
                    "a hello names at most %d positions, not %d".formatted(WireFormat.MAX_TAIL, tail.size()));
        }
        out.writeInt(tail.size());
        tail.forEach(position -> position(out, position));
    }

    private static MessageType report(ByteBuf out, PeerMessage.Report report) {
        start(out, MessageType.REPORT);
        position(out, report.received());
        position(out, report.flushed());
        position(out, report.applied());
        return MessageType.REPORT;
    }

    private static MessageType begin(ByteBuf out, PeerMessage.Begin begin) {
        start(out, MessageType.BEGIN).writeLong(begin.term());
        uuid(out, begin.process());
        position(out, begin.after());
        progress(out, begin.progress());
        return MessageType.BEGIN;
    }

    private static MessageType progress(ByteBuf out, PeerMessage.Progress progress) {
        out.writeLong(progress.sent());
        position(out, progress.committed());
        out.writeLong(progress.storedIndex());
        out.writeByte(progress.appliedCounts() ? 1 : 0);
        return MessageType.PROGRESS;
    }

    private static MessageType index(ByteBuf out, PeerMessage.Index index) {
        start(out, MessageType.INDEX).writeLong(index.question()).writeLong(index.index());
        return MessageType.INDEX;
    }

    private static MessageType number(ByteBuf out, MessageType type, long number) {
        start(out, type).writeLong(number);
        return type;
    }

    private static MessageType rebuild(ByteBuf out, PeerMessage.Rebuild rebuild) {
        start(out, MessageType.REBUILD).writeLong(rebuild.term()).writeLong(rebuild.storedIndex());
        return reason(out, MessageType.REBUILD, rebuild.reason());
    }

    private static MessageType reason(ByteBuf out, MessageType type, String reason) {
        out.writeCharSequence(WireText.oneLine(reason), StandardCharsets.UTF_8);
        return type;
    }

    static void position(ByteBuf out, LogPosition position) {
        out.writeLong(position.term()).writeLong(position.index()).writeInt(position.checksum());
    }

    static void uuid(ByteBuf out, UUID uuid) {
        out.writeLong(uuid.getMostSignificantBits()).writeLong(uuid.getLeastSignificantBits());
    }
}
