package io.netsy.replication.wire;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.core.PeerMessage;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

/** Messages with random content, and their bytes. */
final class Messages {
    static final UUID CLUSTER = new UUID(1, 2);

    private final Random random;

    Messages(long seed) {
        this.random = new Random(seed);
    }

    static PeerMessage.Hello hello(String nodeId) {
        return hello(CLUSTER, nodeId);
    }

    static PeerMessage.Hello hello(UUID cluster, String nodeId) {
        return new PeerMessage.Hello(
                new PeerMessage.Identity(cluster, nodeId, new UUID(3, 4)), 7, LogPosition.START, List.of());
    }

    static PeerMessage.Begin begin() {
        return new PeerMessage.Begin(
                7, new UUID(5, 6), LogPosition.START, new PeerMessage.Progress(0, LogPosition.START, 0, false));
    }

    static PeerMessage.Send frame(int valueBytes) {
        return new Messages(valueBytes).send(valueBytes);
    }

    /** The message's bytes on the wire. */
    static byte[] bytes(PeerMessage message) {
        return bytes(MessageWriter.encode(message));
    }

    static byte[] bytes(Outgoing outgoing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (outgoing.remaining() > 0) {
            ByteBuf slice = outgoing.next(1000);
            byte[] part = new byte[slice.readableBytes()];
            slice.readBytes(part);
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    static byte[] concat(byte[]... parts) {
        ByteBuf all = Unpooled.wrappedBuffer(parts);
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    PeerMessage.Hello hello() {
        int tail = random.nextBoolean() ? random.nextInt(4) : random.nextInt(WireFormat.MAX_TAIL + 1);
        return new PeerMessage.Hello(
                new PeerMessage.Identity(uuid(), "node-ü-" + random.nextInt(), uuid()),
                natural(),
                position(),
                Stream.generate(this::position).limit(tail).toList());
    }

    List<PeerMessage> fromStandby() {
        return List.of(
                new PeerMessage.Report(position(), position(), position()),
                new PeerMessage.Confirmed(random.nextLong()),
                new PeerMessage.AskIndex(random.nextLong()));
    }

    PeerMessage.Begin randomBegin() {
        return new PeerMessage.Begin(natural(), uuid(), position(), progress());
    }

    List<PeerMessage> fromPrimary() {
        return List.of(
                send(random.nextInt(200)),
                send(random.nextInt(300_000)),
                progress(),
                new PeerMessage.Confirm(random.nextLong()),
                new PeerMessage.Index(random.nextLong(), natural()),
                new PeerMessage.Rebuild(natural(), natural(), "reason 𝄞 " + random.nextInt()),
                new PeerMessage.Rebuild(natural(), natural(), ""));
    }

    PeerMessage.Bye bye() {
        return new PeerMessage.Bye("ended, ünd " + random.nextInt());
    }

    PeerMessage.Send send(int valueBytes) {
        byte[] value = new byte[valueBytes];
        random.nextBytes(value);
        FrameBuilder builder = new FrameBuilder(Long.MAX_VALUE, position(), 1);
        builder.append(
                new Entry.Transaction(2, List.of(new Change.Put(Bytes.utf8("key"), Bytes.wrap(value), 2, 1, 0))), 2);
        Frame frame = builder.seal(random.nextInt());
        return new PeerMessage.Send(frame, natural());
    }

    /** A frame of this term that follows a position. */
    Frame frameAfter(LogPosition end, long term) {
        FrameBuilder builder = new FrameBuilder(term, end, 1);
        builder.append(
                new Entry.Transaction(2, List.of(new Change.Put(Bytes.utf8("key"), Bytes.utf8("value"), 2, 1, 0))), 2);
        return builder.seal(random.nextInt(1_000));
    }

    private PeerMessage.Progress progress() {
        return new PeerMessage.Progress(natural(), position(), natural(), random.nextBoolean());
    }

    private LogPosition position() {
        return new LogPosition(natural(), natural() >>> 1, random.nextInt());
    }

    private long natural() {
        return random.nextLong() >>> (1 + random.nextInt(62));
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }
}
