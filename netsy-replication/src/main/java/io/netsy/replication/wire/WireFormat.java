package io.netsy.replication.wire;

/** The fixed numbers of the format. */
final class WireFormat {
    /** "NSYP", the first four bytes of a stream. */
    static final int MAGIC = 0x4e535950;

    static final byte VERSION = 1;

    /** Bytes of the preamble, and as many of a message's length and type. */
    static final int HEAD_BYTES = 5;

    /** No message but a frame has a longer body. */
    static final int SMALL_BYTES = 64 << 10;

    /** Positions in the tail of a hello. */
    static final int MAX_TAIL = 2_048;

    static final int POSITION_BYTES = 20;
    static final int PROGRESS_BYTES = POSITION_BYTES + 2 * Long.BYTES + 1;
    static final int UUID_BYTES = 16;

    /** Index of the bucket's tip in front of a frame. */
    static final int FRAME_OFFSET = Long.BYTES;

    /** Bytes of a node's name in UTF-8. */
    static final int MAX_NODE_ID_BYTES = 255;

    private WireFormat() {}
}
