package io.netsy.etcd.lease;

import io.grpc.Status;
import io.netsy.etcd.error.EtcdException;
import io.netsy.etcd.port.Proposer;
import io.netsy.etcd.rpc.Failures;
import io.netsy.etcd.state.StoreState;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The one way to end a lease: the clock hears of each revoke before it is proposed, so that no renewal succeeds once the
 * revoke is sequenced. Safe for any thread.
 */
public final class LeaseRevoker {
    private final Proposer proposer;
    private final LeaseClock clock;

    public LeaseRevoker(Proposer proposer, LeaseClock clock) {
        this.proposer = proposer;
        this.clock = clock;
    }

    /**
     * Ends a lease and deletes its keys; the result is the revision of that.
     *
     * @param access refuses, on the sequencer, whoever may not end it
     */
    public CompletableFuture<Long> revoke(long id, Consumer<StoreState> access) {
        TimedLease lease = clock.revoking(id);
        CompletableFuture<Long> revoked = proposer.propose(LeaseProposals.revoke(id, access));
        return lease == null ? revoked : watched(lease, revoked);
    }

    /** Ends a lease that {@link LeaseClock#takeExpired} took. */
    CompletableFuture<Long> revokeTaken(TimedLease lease) {
        return watched(lease, proposer.propose(LeaseProposals.revoke(lease.id)));
    }

    private CompletableFuture<Long> watched(TimedLease lease, CompletableFuture<Long> revoked) {
        return revoked.whenComplete((revision, failure) -> {
            if (failure == null) {
                return;
            }
            if (isDefinite(failure)) {
                clock.revokeFailed(lease);
            } else {
                clock.revokeUnknown(lease);
            }
        });
    }

    private static boolean isDefinite(Throwable failure) {
        return Failures.unwrap(failure) instanceof EtcdException rejected
                && rejected.error().status().getCode() != Status.Code.UNAVAILABLE;
    }

    /**
     * Finds out what became of revokes of unknown outcome, of so many of them at most. A question that is sequenced after the revoke and still finds
     * the lease proves that the revoke was not sequenced before it and, proposals being taken in order, never will be.
     */
    void settleUnknown(int limit) {
        for (TimedLease lease : clock.takeUnsettled(limit)) {
            var _ = proposer.propose(LeaseProposals.exists(lease.id)).whenComplete((alive, failure) -> {
                if (failure != null) {
                    clock.revokeUnknown(lease);
                } else if (alive) {
                    clock.revokeFailed(lease);
                }
            });
        }
    }
}
