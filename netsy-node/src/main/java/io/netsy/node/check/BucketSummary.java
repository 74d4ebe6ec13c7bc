package io.netsy.node.check;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a bucket was found to hold.
 *
 * @param store its name
 * @param clusterId null when {@code cluster.json} can't be read
 * @param term the term register's; null when it can't be read
 * @param chain null when it was not looked at
 * @param snapshots those that are sound, the newest first
 */
public record BucketSummary(
        String store,
        @Nullable UUID clusterId,
        @Nullable Long term,
        @Nullable ChainSummary chain,
        List<Snapshot> snapshots) {
    public BucketSummary {
        snapshots = List.copyOf(snapshots);
    }

    /** A sound snapshot. */
    public record Snapshot(String key, long index, long revision, long rows, long bytes) {}
}
