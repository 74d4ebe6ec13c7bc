package io.netsy.node.wiring;

import io.netsy.etcd.meter.Histogram;
import io.netsy.node.archive.SnapshotInfo;
import java.util.concurrent.atomic.LongAdder;

/** The figures of housekeeping. Safe for any thread. */
final class HousekeepingMeters {
    private final Histogram snapshotTimes;
    private final LongAdder snapshots = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder deletedChunks = new LongAdder();
    private volatile long newestMadeSeconds;
    private volatile long newestBytes;
    private volatile long lastNanos;

    /** @param snapshotTimes of this node, where others note theirs too */
    HousekeepingMeters(Histogram snapshotTimes) {
        this.snapshotTimes = snapshotTimes;
    }

    /**
     * Time of each snapshot: into the bucket from the first row read to its verification there, to a client until it is
     * sent or given up.
     */
    Histogram snapshotTimes() {
        return snapshotTimes;
    }

    /** Snapshots that were put into the bucket and verified. */
    long snapshots() {
        return snapshots.sum();
    }

    /** Runs of snapshot and retention that failed. */
    long failures() {
        return failures.sum();
    }

    /** Chunks that retention deleted. */
    long deletedChunks() {
        return deletedChunks.sum();
    }

    /** When the newest snapshot was made, in seconds since 1970; 0 while there is none. */
    long newestMadeSeconds() {
        return newestMadeSeconds;
    }

    /** The size of the newest snapshot; 0 while there is none. */
    long newestBytes() {
        return newestBytes;
    }

    /** How long the last snapshot of this process took; 0 before it. */
    long lastNanos() {
        return lastNanos;
    }

    void found(SnapshotInfo snapshot) {
        show(snapshot);
    }

    void taken(SnapshotInfo snapshot, long nanos) {
        show(snapshot);
        snapshots.increment();
        snapshotTimes.record(nanos);
        lastNanos = nanos;
    }

    private void show(SnapshotInfo snapshot) {
        newestMadeSeconds = snapshot.madeAt().getEpochSecond();
        newestBytes = snapshot.sizeBytes();
    }

    void failed() {
        failures.increment();
    }

    void chunksDeleted(int count) {
        deletedChunks.add(count);
    }
}
