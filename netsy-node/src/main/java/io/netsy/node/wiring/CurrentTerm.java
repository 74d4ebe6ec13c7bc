package io.netsy.node.wiring;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.port.Proposer;
import io.netsy.etcd.port.StateSource;
import io.netsy.node.primary.PrimaryTerm;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the services talk to, whatever the node is at the moment. Before the first term there is "no leader", serializable
 * reads see the recovered state, and what needs a primary waits for it, as in etcd: a client that is connected already
 * need not find its way back when the term begins. Safe for any thread.
 */
final class CurrentTerm implements Proposer, StateSource, AutoCloseable {
    private final CommittedState recovered;
    private final Duration patience;
    private final CompletableFuture<PrimaryTerm> first = new CompletableFuture<>();
    private volatile @Nullable PrimaryTerm term;

    /** @param patience how long a request waits for the first term */
    CurrentTerm(CommittedState recovered, Duration patience) {
        this.recovered = recovered;
        this.patience = patience;
    }

    /** Ends the term under way, or the wait for one. */
    @Override
    public void close() {
        first.completeExceptionally(EtcdError.NO_LEADER.exception());
        PrimaryTerm current = term;
        if (current != null) {
            current.close();
        }
    }

    /** A term was begun; once it serves, it gets the requests that wait. */
    void begin(PrimaryTerm newTerm) {
        term = newTerm;
        var _ = newTerm.serving().whenComplete((nothing, failure) -> {
            if (failure == null) {
                first.complete(newTerm);
            } else {
                first.completeExceptionally(failure);
            }
        });
    }

    /** How long reads may go on without asking the register again. */
    Duration readLeaseLeft() {
        PrimaryTerm current = term;
        return current == null ? Duration.ZERO : current.sequencer().readLeaseLeft();
    }

    @Override
    public <R> CompletableFuture<R> propose(Proposal<R> proposal) {
        return asked(serving -> serving.proposer().propose(proposal));
    }

    @Override
    public CommittedState committed() {
        PrimaryTerm current = term;
        return current == null ? recovered : current.states().committed();
    }

    @Override
    public CompletableFuture<CommittedState> linearizable() {
        return asked(serving -> serving.states().linearizable());
    }

    private <T> CompletableFuture<T> asked(Function<PrimaryTerm, CompletableFuture<T>> question) {
        PrimaryTerm current = term;
        return current != null && first.isDone()
                ? question.apply(current)
                : awaitFirst().thenCompose(question);
    }

    private CompletableFuture<PrimaryTerm> awaitFirst() {
        return first.copy()
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        failure instanceof TimeoutException ? EtcdError.TIMED_OUT.exception() : failure));
    }

    @Override
    public boolean hasLeader() {
        PrimaryTerm current = term;
        return current != null && current.states().hasLeader();
    }
}
