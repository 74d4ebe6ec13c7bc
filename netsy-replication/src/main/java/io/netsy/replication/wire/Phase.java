package io.netsy.replication.wire;

/** Where one direction of a stream is, and what may come next in it. */
enum Phase {
    /** A standby has still to say that it is one. */
    PREAMBLE,
    /** A standby has still to say what it holds. */
    HELLO,
    /** A standby speaks. */
    STANDBY,
    /** A primary has still to say where it begins. */
    BEGIN,
    /** A primary speaks. */
    PRIMARY;

    boolean allows(MessageType type) {
        return switch (type) {
            case HELLO -> this == HELLO;
            case REPORT, CONFIRMED, ASK_INDEX -> this == STANDBY;
            case BEGIN -> this == BEGIN;
            case SEND, PROGRESS, CONFIRM, INDEX -> this == PRIMARY;
            case REBUILD -> this == BEGIN || this == PRIMARY;
            case BYE -> this != PREAMBLE;
        };
    }

    /** The phase once a message that is allowed came. */
    Phase after(MessageType type) {
        return switch (this) {
            case PREAMBLE -> HELLO;
            case HELLO -> type == MessageType.HELLO ? STANDBY : HELLO;
            case BEGIN -> type == MessageType.BEGIN ? PRIMARY : BEGIN;
            case STANDBY, PRIMARY -> this;
        };
    }
}
