package io.netsy.node.recovery;

/** Is told how recovery goes on, for a progress bar or log lines. Called by the recovering thread. */
public interface RecoveryProgress {
    /** A snapshot is being loaded. */
    void snapshot(String name, long loadedBytes, long totalBytes);

    /** Chunks are being replayed: up to which index and revision so far. */
    void replayed(long index, long revision, long chunks);

    /** All is applied. */
    void done(long index, long revision);
}
