package io.netsy.etcd.maintenance.snapshot;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where snapshots are made, and how long a client is waited for.
 *
 * @param directory where files are written before they are sent; made when it is missing
 * @param patience how long a client may take nothing before it is given up
 * @param keptFreeBytes a snapshot of some size is given up rather than that it leaves less than this of the disk
 */
public record SnapshotSettings(Path directory, Duration patience, long keptFreeBytes) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long KEPT_FREE_BYTES = 256L << 20;

    public static SnapshotSettings in(Path directory) {
        return new SnapshotSettings(directory, PATIENCE, KEPT_FREE_BYTES);
    }
}
