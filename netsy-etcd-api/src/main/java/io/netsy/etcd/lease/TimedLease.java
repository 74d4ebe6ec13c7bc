package io.netsy.etcd.lease;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A lease and its deadline. Guarded by the {@link LeaseClock} that holds it. */
final class TimedLease {
    final long id;
    final long ttlSeconds;

    /** By the clock's milliseconds. */
    long deadlineMillis;

    /** Revokes that were proposed and have neither been committed nor refused. While there are any, none renews it. */
    int revokesInFlight;

    /** Whether an entry for the lease stands in the queue of checkpoints. */
    boolean checkpointQueued;

    /** How many checkpoints were sequenced, ever: tells whether one came after a clearing was. */
    long checkpointsSequenced;

    /** Whether a checkpoint may stand in the log, so that a renewal must clear it there. */
    boolean checkpointed;

    /** What those wait for who want to renew a lease that is ending: true when it ended, false when it lives on. */
    @Nullable
    CompletableFuture<Boolean> end;

    TimedLease(long id, long ttlSeconds, long deadlineMillis) {
        this.id = id;
        this.ttlSeconds = ttlSeconds;
        this.deadlineMillis = deadlineMillis;
    }
}
