package io.netsy.replication.wire;

/** The other side said what it may not say; the message is the reason for which the stream, or the call, ends. */
public final class WireException extends Exception {
    private static final long serialVersionUID = 1L;

    WireException(String reason) {
        super(reason);
    }

    /** Why it ends. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
