package io.netsy.bench.load;

/** What one client does over and over. Only the loop's thread calls it. */
public interface Work {
    /** Starts the next operation; its outcome is told to the client's {@link Slot}, exactly once. */
    void start();

    /** Gives up the operation that is under way, if it still is; the outcome is told as a failure. */
    void cancel();
}
