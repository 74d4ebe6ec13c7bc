package io.netsy.etcd.lease;

import java.util.concurrent.CompletableFuture;

/** What became of the wish to renew a lease. */
sealed interface Renewal {
    /** It has its full time again, and no checkpoint in the log says otherwise. */
    record Renewed(long ttlSeconds) implements Renewal {}

    /**
     * It has its full time again, but before that may be said, the checkpoint in the log must be cleared: a primary
     * after this one would count from it.
     *
     * @param checkpoint which one, for {@link LeaseClock#checkpointCleared}
     */
    record Checkpointed(TimedLease lease, long checkpoint) implements Renewal {}

    /** Its time is over, or its revoke is under way; the future says true once it is gone, false if it lives on. */
    record Ending(CompletableFuture<Boolean> end) implements Renewal {}

    /** There is no such lease. */
    record Unknown() implements Renewal {}

    /** This node does not count leases. */
    record NotPrimary() implements Renewal {}
}
