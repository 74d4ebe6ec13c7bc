package io.netsy.node.wiring;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.port.Proposer;
import io.netsy.etcd.port.StateSource;
import io.netsy.node.primary.PrimaryTerm;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the services talk to, whatever the node is at the moment: the term under way, or, before one serves, the recovered
 * state and "no leader". Safe for any thread.
 */
final class CurrentTerm implements Proposer, StateSource {
    private final CommittedState recovered;
    private volatile @Nullable PrimaryTerm term;

    CurrentTerm(CommittedState recovered) {
        this.recovered = recovered;
    }

    /** Ends the term under way, if there is one. */
    void close() {
        PrimaryTerm current = term;
        if (current != null) {
            current.close();
        }
    }

    void begin(PrimaryTerm newTerm) {
        term = newTerm;
    }

    @Override
    public <R> CompletableFuture<R> propose(Proposal<R> proposal) {
        PrimaryTerm current = term;
        return current == null
                ? CompletableFuture.failedFuture(EtcdError.NO_LEADER.exception())
                : current.proposer().propose(proposal);
    }

    @Override
    public CommittedState committed() {
        PrimaryTerm current = term;
        return current == null ? recovered : current.states().committed();
    }

    @Override
    public CompletableFuture<CommittedState> linearizable() {
        PrimaryTerm current = term;
        return current == null
                ? CompletableFuture.failedFuture(EtcdError.NO_LEADER.exception())
                : current.states().linearizable();
    }

    @Override
    public boolean hasLeader() {
        PrimaryTerm current = term;
        return current != null && current.states().hasLeader();
    }
}
