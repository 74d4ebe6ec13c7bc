package io.netsy.replication.wire;

import io.netsy.replication.codec.FrameHeader;
import org.jspecify.annotations.Nullable;

/** The kinds of messages: the byte that names each, and how long its body may be. */
enum MessageType {
    HELLO(
            1,
            2 * WireFormat.UUID_BYTES + Short.BYTES + 1 + Long.BYTES + WireFormat.POSITION_BYTES + Integer.BYTES,
            WireFormat.SMALL_BYTES),
    REPORT(2, 3 * WireFormat.POSITION_BYTES),
    CONFIRMED(3, Long.BYTES),
    ASK_INDEX(4, Long.BYTES),

    BEGIN(16, Long.BYTES + WireFormat.UUID_BYTES + WireFormat.POSITION_BYTES + WireFormat.PROGRESS_BYTES),
    SEND(
            17,
            WireFormat.FRAME_OFFSET + FrameHeader.SIZE_BYTES + 1,
            WireFormat.FRAME_OFFSET + FrameHeader.SIZE_BYTES + FrameHeader.MAX_PAYLOAD_BYTES),
    PROGRESS(18, WireFormat.PROGRESS_BYTES),
    CONFIRM(19, Long.BYTES),
    INDEX(20, 2 * Long.BYTES),
    REBUILD(21, 0, WireFormat.SMALL_BYTES),

    BYE(32, 0, WireFormat.SMALL_BYTES);

    private static final @Nullable MessageType[] BY_CODE = new MessageType[256];

    static {
        for (MessageType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final int code;
    private final int minBytes;
    private final int maxBytes;

    MessageType(int code, int bytes) {
        this(code, bytes, bytes);
    }

    MessageType(int code, int minBytes, int maxBytes) {
        this.code = code;
        this.minBytes = minBytes;
        this.maxBytes = maxBytes;
    }

    /** The type that a byte names, if any. */
    static @Nullable MessageType of(byte code) {
        return BY_CODE[Byte.toUnsignedInt(code)];
    }

    byte code() {
        return (byte) code;
    }

    /** Whether a body may be this long. */
    boolean allows(int bodyBytes) {
        return bodyBytes >= minBytes && bodyBytes <= maxBytes;
    }
}
