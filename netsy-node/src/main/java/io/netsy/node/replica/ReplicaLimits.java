package io.netsy.node.replica;

import java.time.Duration;

/**
 * How much memory, disk and time a replica may take.
 *
 * @param cacheBytes off-heap memory for values that were written or read lately
 * @param backlogBytes committed entries that may wait in memory to be applied before {@link Replica#awaitRoom} holds
 *     the sequencer back
 * @param quotaBytes what {@link Replica#quotaBytes} answers; {@link Long#MAX_VALUE} is no limit
 * @param walBytes size of SQLite's write-ahead log at which it is written back even under load
 * @param fullCheckBytes size of the file up to which SQLite's structure is checked as a whole at every start
 * @param readers connections that read at the same time
 * @param purgeDelay how long rows stay readable after the compaction that takes them
 */
public record ReplicaLimits(
        long cacheBytes,
        long backlogBytes,
        long quotaBytes,
        long walBytes,
        long fullCheckBytes,
        int readers,
        Duration purgeDelay) {
    private static final long MIB = 1 << 20;

    /** For a node with a heap of a few hundred MiB. */
    public static final ReplicaLimits DEFAULT =
            new ReplicaLimits(64 * MIB, 64 * MIB, Long.MAX_VALUE, 64 * MIB, 256 * MIB, 3, Duration.ofMillis(500));

    public ReplicaLimits {
        if (cacheBytes < MIB || backlogBytes < MIB || walBytes < MIB || quotaBytes < 1 || fullCheckBytes < 0) {
            throw new IllegalArgumentException(
                    "cache %d, backlog %d and write-ahead log %d must be at least 1 MiB, quota %d at least 1"
                            .formatted(cacheBytes, backlogBytes, walBytes, quotaBytes));
        }
        if (readers < 1 || purgeDelay.isNegative()) {
            throw new IllegalArgumentException("readers %d, purge delay %s".formatted(readers, purgeDelay));
        }
    }

    public ReplicaLimits withCacheBytes(long bytes) {
        return new ReplicaLimits(bytes, backlogBytes, quotaBytes, walBytes, fullCheckBytes, readers, purgeDelay);
    }

    public ReplicaLimits withBacklogBytes(long bytes) {
        return new ReplicaLimits(cacheBytes, bytes, quotaBytes, walBytes, fullCheckBytes, readers, purgeDelay);
    }

    public ReplicaLimits withQuotaBytes(long bytes) {
        return new ReplicaLimits(cacheBytes, backlogBytes, bytes, walBytes, fullCheckBytes, readers, purgeDelay);
    }

    public ReplicaLimits withWalBytes(long bytes) {
        return new ReplicaLimits(cacheBytes, backlogBytes, quotaBytes, bytes, fullCheckBytes, readers, purgeDelay);
    }

    public ReplicaLimits withPurgeDelay(Duration delay) {
        return new ReplicaLimits(cacheBytes, backlogBytes, quotaBytes, walBytes, fullCheckBytes, readers, delay);
    }
}
