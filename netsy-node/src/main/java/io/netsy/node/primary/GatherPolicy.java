package io.netsy.node.primary;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;

/**
 * Decides when an open batch is closed, once the bucket could take it.
 *
 * <p>Writers that were just answered come back a moment later. If the batch closed at once it would hold half of them and
 * the next one the other half: twice the requests for the same writes, for ever. So while fewer wait than the number of
 * writers seen lately, the batch stays open for about the time that a request to the bucket takes, at most 10 ms, and
 * where requests are slow no longer than they keep coming: after 4 ms the others are busy with something else. A single
 * writer never waits: it is all the writers there are; and a large batch never waits, so that many writers fall
 * into two groups, one being evaluated while the other's chunk is on its way. PostgreSQL's {@code commit_siblings} asks
 * the same question.
 *
 * <p>For one thread. Times are nanoseconds of the boot clock.
 */
final class GatherPolicy {
    private static final long MIN_GATHER_NANOS = 1_000_000;
    private static final long MAX_GATHER_NANOS = 10_000_000;
    private static final long MIN_PAUSE_NANOS = 500_000;
    private static final long MAX_PAUSE_NANOS = 4_000_000;
    private static final double SMOOTHING = 0.2;
    private static final double ENOUGH = 0.9;

    /** A batch of this size is cheap enough per write; waiting on would only keep the processor idle during the request. */
    private static final int ENOUGH_ENTRIES = 384;

    private final GatherSettings settings;
    private double writers;
    private double putNanos = MIN_GATHER_NANOS;
    private long idleSinceNanos;
    private long firstEntryNanos;
    private long lastEntryNanos;
    private boolean impatient;

    GatherPolicy(GatherSettings settings) {
        this.settings = settings;
    }

    /** An entry joined the open batch, the first of it if {@code first}. */
    void entered(Entry entry, boolean first, long nowNanos) {
        if (first) {
            firstEntryNanos = nowNanos;
            impatient = false;
        }
        lastEntryNanos = nowNanos;
        impatient = impatient || !isPatient(entry);
    }

    private boolean isPatient(Entry entry) {
        if (settings.commitDelay().isZero() || !(entry instanceof Entry.Transaction transaction)) {
            return false;
        }
        return settings.patientPrefixes().isEmpty()
                || transaction.changes().stream().map(Change::key).allMatch(this::hasPatientPrefix);
    }

    private boolean hasPatientPrefix(Bytes key) {
        return settings.patientPrefixes().stream().anyMatch(key::startsWith);
    }

    /** A batch of {@code answered} entries was committed {@code tookNanos} after it left, {@code waiting} being queued. */
    void committed(int answered, int waiting, long tookNanos, long nowNanos) {
        double seen = answered + waiting;
        writers = seen > writers ? seen : writers + SMOOTHING * (seen - writers);
        putNanos += SMOOTHING * (tookNanos - putNanos);
        idleSinceNanos = nowNanos;
    }

    /** How long ago the open batch got its first entry. */
    long gatheredNanos(long nowNanos) {
        return nowNanos - firstEntryNanos;
    }

    /** How long the open batch should wait on; 0 or less: close it now. */
    long waitNanos(int entries, int sizeBytes, long nowNanos) {
        if (sizeBytes >= settings.maxFrameBytes()) {
            return 0;
        }
        if (!impatient && !settings.commitDelay().isZero()) {
            return firstEntryNanos + settings.commitDelay().toNanos() - nowNanos;
        }
        if (entries >= Math.min(Math.floor(writers * ENOUGH), ENOUGH_ENTRIES)) {
            return 0;
        }
        long longest = Math.max(idleSinceNanos, firstEntryNanos)
                + Math.clamp((long) putNanos, MIN_GATHER_NANOS, MAX_GATHER_NANOS);
        long pause = Math.max(idleSinceNanos, lastEntryNanos)
                + Math.clamp((long) putNanos, MIN_PAUSE_NANOS, MAX_PAUSE_NANOS);
        return Math.min(longest, pause) - nowNanos;
    }
}
