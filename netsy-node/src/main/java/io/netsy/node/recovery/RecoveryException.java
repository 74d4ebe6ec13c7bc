package io.netsy.node.recovery;

/** The state can't be recovered; the message names what stands in the way and the way out. */
public final class RecoveryException extends Exception {
    private static final long serialVersionUID = 1L;

    public RecoveryException(String message) {
        super(message);
    }
}
