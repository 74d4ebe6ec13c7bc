package io.netsy.replication.codec;

/** Bytes that should be a frame are not, or are damaged; the message says where and why. */
public final class FrameException extends Exception {
    private static final long serialVersionUID = 1L;

    public FrameException(String message) {
        super(message);
    }
}
