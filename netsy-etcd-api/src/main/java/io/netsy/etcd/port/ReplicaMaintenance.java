package io.netsy.etcd.port;

import java.util.concurrent.CompletableFuture;

/** The care of the replica's file. Safe for any thread. */
public interface ReplicaMaintenance {
    /** Bytes that the replica's file takes; above 0. Never blocks. */
    long sizeBytes();

    /** Bytes of it that hold data. Never blocks. */
    long sizeInUseBytes();

    /** The size at which writes are refused with NOSPACE; {@link Long#MAX_VALUE} is no limit. */
    long quotaBytes();

    /** Gives free space back to the file system, in steps that let reads and writes through. */
    CompletableFuture<Void> defragment();

    /** Completes when the rows of compactions up to {@code revision} are physically gone. */
    CompletableFuture<Void> purged(long revision);
}
