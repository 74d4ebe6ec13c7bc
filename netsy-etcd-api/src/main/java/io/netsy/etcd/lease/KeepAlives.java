package io.netsy.etcd.lease;

import io.netsy.etcd.access.AuthGuard;
import io.netsy.etcd.access.Credentials;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.state.StoreState;
import java.util.concurrent.CompletableFuture;

/**
 * The renewal of leases with the proof that comes before the answer: that this node may still answer for them, and that
 * no checkpoint in the log will cut short what was promised.
 */
final class KeepAlives {
    private static final CompletableFuture<Long> GONE = CompletableFuture.completedFuture(0L);

    private final Ports ports;
    private final LeaseClock clock;

    KeepAlives(Ports ports, LeaseClock clock) {
        this.ports = ports;
        this.clock = clock;
    }

    /** The granted time to live in seconds, or 0 when the lease is gone; fails when the caller may not end the lease. */
    CompletableFuture<Long> renew(long id, Credentials credentials) {
        return ports.states().linearizable().thenCompose(confirmed -> {
            checkAccess(id, credentials, confirmed.state());
            return renewConfirmed(id, credentials);
        });
    }

    private CompletableFuture<Long> renewed(long ttlSeconds) {
        clock.counters().renewed.increment();
        return CompletableFuture.completedFuture(ttlSeconds);
    }

    private void checkAccess(long id, Credentials credentials, StoreState state) {
        AuthGuard guard = ports.guard();
        guard.rules().checkWriteAttached(state, guard.requireCaller(state.auth(), credentials), id);
    }

    private CompletableFuture<Long> renewConfirmed(long id, Credentials credentials) {
        return switch (clock.renew(id)) {
            case Renewal.Renewed renewed -> renewed(renewed.ttlSeconds());
            case Renewal.Checkpointed checkpointed -> clear(checkpointed);
            case Renewal.Ending ending -> ending.end().thenCompose(ended -> ended ? GONE : renew(id, credentials));
            case Renewal.Unknown _ -> GONE;
            case Renewal.NotPrimary _ -> CompletableFuture.failedFuture(EtcdError.LEADER_CHANGED.exception());
        };
    }

    private CompletableFuture<Long> clear(Renewal.Checkpointed renewal) {
        TimedLease lease = renewal.lease();
        return ports.proposer()
                .propose(LeaseProposals.clearCheckpoint(lease.id))
                .thenApply(alive -> {
                    if (!alive) {
                        return 0L;
                    }
                    clock.checkpointCleared(renewal);
                    clock.counters().renewed.increment();
                    return lease.ttlSeconds;
                });
    }
}
