package io.netsy.node.replica;

import io.netsy.etcd.meter.Histogram;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** The figures of one replica since it was opened. Safe for any thread. */
public final class ReplicaMeters {
    private final LongSupplier nanoClock;
    private final InstantSource wallClock;
    private final Histogram commits = Histogram.ofSeconds(Duration.ofMillis(1), 14);
    private final Histogram defragmentations = Histogram.ofSeconds(Duration.ofMillis(100), 13);
    private final Histogram purges = Histogram.ofNumbers(100, 14);
    private final LongAdder purgedRows = new LongAdder();
    private final AtomicInteger defragmenting = new AtomicInteger();
    private volatile long lastPurgeSeconds;

    ReplicaMeters(LongSupplier nanoClock, InstantSource wallClock) {
        this.nanoClock = nanoClock;
        this.wallClock = wallClock;
    }

    /** Time that SQLite took for each transaction of committed entries. */
    public Histogram commits() {
        return commits;
    }

    /** Time that each defragmentation took. */
    public Histogram defragmentations() {
        return defragmentations;
    }

    /** Milliseconds from a purge's begin to its end. */
    public Histogram purgeMillis() {
        return purges;
    }

    /** Rows that purges deleted. */
    public long purgedRows() {
        return purgedRows.sum();
    }

    /** When a purge ended last, in seconds since 1970; 0 when none did yet. */
    public long lastPurgeSeconds() {
        return lastPurgeSeconds;
    }

    /** Defragmentations that are under way. */
    public int defragmenting() {
        return defragmenting.get();
    }

    long now() {
        return nanoClock.getAsLong();
    }

    void committedSince(long startedNanos) {
        commits.record(now() - startedNanos);
    }

    void defragmentationStarts() {
        defragmenting.incrementAndGet();
    }

    void defragmentedSince(long startedNanos) {
        defragmenting.decrementAndGet();
        defragmentations.record(now() - startedNanos);
    }

    void rowsPurged(long rows) {
        purgedRows.add(rows);
    }

    void purgedSince(long startedNanos) {
        purges.record((now() - startedNanos) / 1_000_000);
        lastPurgeSeconds = wallClock.instant().getEpochSecond();
    }
}
