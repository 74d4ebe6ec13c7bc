package io.netsy.replication.wire;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.core.ElectorMessage.AskTail;
import io.netsy.replication.core.ElectorMessage.Fence;
import io.netsy.replication.core.ElectorMessage.Fenced;
import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.core.ElectorMessage.HandOver;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.ElectorMessage.Ping;
import io.netsy.replication.core.ElectorMessage.Successor;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.wire.PeerAnswer.Wish;
import io.netsy.replication.wire.PeerQuestion.Addressed;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Questions and answers of single calls between electors and nodes, as bytes; {@code design/FORMATS.md} has the format. Whatever does
 * not say exactly one message is refused. Stateless.
 */
public final class PeerCallCodec {
    /** No question, and no answer but frames, is longer. */
    public static final int MAX_SMALL_BYTES = 2 << 10;

    private static final byte VERSION = 1;
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private static final byte PING = 1;
    private static final byte FENCE = 2;
    private static final byte ASK_TAIL = 3;
    private static final byte HAND_OVER = 4;
    private static final byte FRAMES_AFTER = 5;
    private static final byte HEALTH = 65;
    private static final byte FENCED = 66;
    private static final byte TAIL = 67;
    private static final byte FRAMES = 68;

    private PeerCallCodec() {}

    /** A part of a message that is read. */
    @FunctionalInterface
    private interface Reader<T> {
        T read(byte type, ByteBuffer in) throws FrameException;
    }

    /**
     * The question as bytes.
     *
     * @throws IllegalArgumentException when a name is none that a node may have
     */
    public static byte[] encode(Addressed question) {
        ByteBuf out = Unpooled.buffer(64).writeByte(VERSION).writeByte(type(question.question()));
        MessageWriter.uuid(out, question.clusterId());
        MessageWriter.nodeId(out, question.to());
        switch (question.question()) {
            case PeerQuestion.FramesAfter after -> MessageWriter.position(out, after.position());
            case PeerQuestion.Word word -> word(out, word.word());
        }
        return ByteBufUtil.getBytes(out);
    }

    private static byte type(PeerQuestion question) {
        return switch (question) {
            case PeerQuestion.FramesAfter _ -> FRAMES_AFTER;
            case PeerQuestion.Word(Ping _) -> PING;
            case PeerQuestion.Word(Fence _) -> FENCE;
            case PeerQuestion.Word(AskTail _) -> ASK_TAIL;
            case PeerQuestion.Word(HandOver _) -> HAND_OVER;
        };
    }

    private static void word(ByteBuf out, FromElector word) {
        switch (word) {
            case Ping ping -> {
                out.writeLong(ping.term()).writeByte(ping.assigned() ? 1 : 0);
                out.writeByte(ping.primary().isEmpty() ? 0 : 1);
                if (!ping.primary().isEmpty()) {
                    MessageWriter.nodeId(out, ping.primary());
                }
                MessageWriter.uuid(out, ping.process());
            }
            case Fence fence -> out.writeLong(fence.term());
            case AskTail ask -> MessageWriter.position(out.writeLong(ask.term()), ask.tip());
            case HandOver order -> {
                MessageWriter.uuid(out.writeLong(order.term()), order.process());
                identity(out, order.to().identity());
                MessageWriter.uuid(out, order.to().process());
            }
        }
    }

    /**
     * Reads a question.
     *
     * @throws WireException when the bytes are anything else than one question
     */
    public static Addressed decodeQuestion(byte[] bytes) throws WireException {
        return decode("a question", bytes, (type, in) -> {
            UUID clusterId = MessageReader.uuid(in);
            String to = MessageReader.nodeId(in);
            return new Addressed(clusterId, to, question(type, in));
        });
    }

    private static PeerQuestion question(byte type, ByteBuffer in) {
        return switch (type) {
            case PING -> new PeerQuestion.Word(ping(in));
            case FENCE -> new PeerQuestion.Word(new Fence(MessageReader.natural(in)));
            case ASK_TAIL -> new PeerQuestion.Word(new AskTail(MessageReader.natural(in), MessageReader.position(in)));
            case HAND_OVER ->
                new PeerQuestion.Word(new HandOver(
                        MessageReader.natural(in),
                        MessageReader.uuid(in),
                        new Successor(identity(in), MessageReader.uuid(in))));
            case FRAMES_AFTER -> new PeerQuestion.FramesAfter(MessageReader.position(in));
            default -> throw new IllegalArgumentException("a question of unknown type %d".formatted(type));
        };
    }

    private static Ping ping(ByteBuffer in) {
        long term = MessageReader.natural(in);
        boolean assigned = MessageReader.flag(in);
        String primary = MessageReader.flag(in) ? MessageReader.nodeId(in) : "";
        return new Ping(term, assigned, primary, MessageReader.uuid(in));
    }

    /**
     * The answer as bytes.
     *
     * @throws IllegalArgumentException when a name is none that a node may have
     */
    public static byte[] encode(PeerAnswer answer) {
        return switch (answer) {
            case PeerAnswer.Said said -> said(said);
            case PeerAnswer.Frames frames -> frames(frames);
        };
    }

    private static byte[] said(PeerAnswer.Said said) {
        ByteBuf out = Unpooled.buffer(128).writeByte(VERSION);
        switch (said.word()) {
            case Health health -> {
                identity(out.writeByte(HEALTH), health.identity());
                MessageWriter.uuid(out, health.process());
                out.writeLong(health.promised());
                out.writeByte(code(health.occupation()));
                out.writeLong(health.term());
                Duration silence = health.silence();
                out.writeLong(silence.compareTo(LONGEST) < 0 ? silence.toNanos() : Long.MAX_VALUE);
            }
            case Fenced fenced -> {
                identity(out.writeByte(FENCED), fenced.identity());
                MessageWriter.uuid(out, fenced.process());
                MessageWriter.position(out.writeLong(fenced.term()), fenced.flushed());
            }
            case Tail tail -> {
                identity(out.writeByte(TAIL), tail.identity());
                MessageWriter.position(out.writeLong(tail.term()), tail.tip());
                out.writeByte(tail.end().isPresent() ? 1 : 0);
                tail.end().ifPresent(end -> MessageWriter.position(out, end));
            }
        }
        out.writeByte(said.wish().isPresent() ? 1 : 0);
        said.wish().ifPresent(wish -> {
            MessageWriter.uuid(out, wish.id());
            MessageWriter.nodeId(out, wish.node());
        });
        return ByteBufUtil.getBytes(out);
    }

    private static void identity(ByteBuf out, Identity identity) {
        MessageWriter.uuid(out, identity.clusterId());
        MessageWriter.nodeId(out, identity.nodeId());
        MessageWriter.uuid(out, identity.diskId());
    }

    private static byte[] frames(PeerAnswer.Frames answer) {
        int size = answer.frames().stream().mapToInt(Frame::sizeBytes).reduce(0, Math::addExact);
        ByteBuf out =
                Unpooled.buffer(Math.addExact(size, 512)).writeByte(VERSION).writeByte(FRAMES);
        MessageWriter.uuid(out, answer.clusterId());
        MessageWriter.nodeId(out, answer.from());
        answer.frames().forEach(frame -> out.writeBytes(frame.bytes()));
        return ByteBufUtil.getBytes(out);
    }

    /**
     * Reads an answer.
     *
     * @throws WireException when the bytes are anything else than one answer
     */
    public static PeerAnswer decodeAnswer(byte[] bytes) throws WireException {
        return decode("an answer", bytes, PeerCallCodec::answer);
    }

    private static PeerAnswer answer(byte type, ByteBuffer in) throws FrameException {
        if (type != FRAMES && in.remaining() > MAX_SMALL_BYTES) {
            throw new IllegalArgumentException("%d bytes".formatted(in.remaining()));
        }
        return switch (type) {
            case HEALTH -> new PeerAnswer.Said(health(in), wish(in));
            case FENCED ->
                new PeerAnswer.Said(
                        new Fenced(
                                identity(in),
                                MessageReader.uuid(in),
                                MessageReader.natural(in),
                                MessageReader.position(in)),
                        wish(in));
            case TAIL ->
                new PeerAnswer.Said(
                        new Tail(identity(in), MessageReader.natural(in), MessageReader.position(in), end(in)),
                        wish(in));
            case FRAMES -> new PeerAnswer.Frames(MessageReader.uuid(in), MessageReader.nodeId(in), consecutive(in));
            default -> throw new IllegalArgumentException("an answer of unknown type %d".formatted(type));
        };
    }

    private static Health health(ByteBuffer in) {
        return new Health(
                identity(in),
                MessageReader.uuid(in),
                MessageReader.natural(in),
                occupation(in.get()),
                MessageReader.natural(in),
                Duration.ofNanos(MessageReader.natural(in)));
    }

    private static int code(Occupation occupation) {
        return switch (occupation) {
            case IDLE -> 0;
            case FOLLOWING -> 1;
            case OPENING -> 2;
            case SERVING -> 3;
            case UNABLE -> 4;
        };
    }

    private static Occupation occupation(byte code) {
        return switch (code) {
            case 0 -> Occupation.IDLE;
            case 1 -> Occupation.FOLLOWING;
            case 2 -> Occupation.OPENING;
            case 3 -> Occupation.SERVING;
            case 4 -> Occupation.UNABLE;
            default -> throw new IllegalArgumentException("an occupation of " + code);
        };
    }

    private static Identity identity(ByteBuffer in) {
        return new Identity(MessageReader.uuid(in), MessageReader.nodeId(in), MessageReader.uuid(in));
    }

    private static Optional<LogPosition> end(ByteBuffer in) {
        return MessageReader.flag(in) ? Optional.of(MessageReader.position(in)) : Optional.empty();
    }

    private static Optional<Wish> wish(ByteBuffer in) {
        return MessageReader.flag(in)
                ? Optional.of(new Wish(MessageReader.uuid(in), MessageReader.nodeId(in)))
                : Optional.empty();
    }

    /** Each must follow the one before, so that nobody is led along a history that is none. */
    private static List<Frame> consecutive(ByteBuffer in) throws FrameException {
        List<Frame> frames = Frame.readAll(in);
        for (int i = 1; i < frames.size(); i++) {
            if (!frames.get(i).follows(frames.get(i - 1).end())) {
                throw new IllegalArgumentException("%s does not follow %s".formatted(frames.get(i), frames.get(i - 1)));
            }
        }
        return frames;
    }

    private static <T> T decode(String what, byte[] bytes, Reader<T> reader) throws WireException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new WireException(
                        "%s of format version %d, this netsy reads %d: run the same release on both sides"
                                .formatted(what, version, VERSION));
            }
            T read = reader.read(in.get(), in);
            if (in.hasRemaining()) {
                throw new WireException("%s has %d bytes too many".formatted(what, in.remaining()));
            }
            return read;
        } catch (FrameException damaged) {
            throw new WireException(String.valueOf(damaged.getMessage()));
        } catch (BufferUnderflowException _) {
            throw new WireException(what + " ends too early");
        } catch (IllegalArgumentException senseless) {
            throw new WireException("%s makes no sense: %s".formatted(what, senseless.getMessage()));
        }
    }
}
