package io.netsy.etcd.server.web;

/** An answer that is sent piece by piece. Safe for any thread; what comes after the end is dropped. */
public interface HttpStream {
    /** Sends a piece; the array is taken over. */
    void write(byte[] piece);

    /** Whether the client keeps up; a writer that goes on regardless fills memory. */
    boolean isWritable();

    /** Runs a task, once, on the event loop when the client keeps up: now if it does. */
    void onWritable(Runnable task);

    /** Completes the answer. */
    void end();
}
