package io.netsy.replication.wire;

/** The other side said what it may not say; the message is the reason for which the stream ends. */
final class WireException extends Exception {
    private static final long serialVersionUID = 1L;

    WireException(String reason) {
        super(reason);
    }

    /** Why the stream ends. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
