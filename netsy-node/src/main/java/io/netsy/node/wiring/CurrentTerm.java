package io.netsy.node.wiring;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.port.Proposer;
import io.netsy.etcd.port.StateSource;
import io.netsy.node.primary.ReplicationView;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the services talk to, whatever the node is at the moment. Before its first role serves there is "no leader", serializable
 * reads see the recovered state, and what needs a primary waits for it, as in etcd: a client that is connected already
 * need not find its way back when the term begins. Safe for any thread.
 */
final class CurrentTerm implements Proposer, StateSource, AutoCloseable {
    private final CommittedState recovered;
    private final Duration patience;
    private final CompletableFuture<Role> first = new CompletableFuture<>();
    private volatile @Nullable Role role;

    /** @param patience how long a request waits for the first role to serve */
    CurrentTerm(CommittedState recovered, Duration patience) {
        this.recovered = recovered;
        this.patience = patience;
    }

    /** Ends the role under way, or the wait for one. */
    @Override
    public void close() {
        first.completeExceptionally(EtcdError.NO_LEADER.exception());
        Role current = role;
        if (current != null) {
            current.end().run();
        }
    }

    /** A role was begun; once it serves, it gets the requests that wait. */
    void begin(Role newRole) {
        role = newRole;
        var _ = newRole.serving().whenComplete((nothing, failure) -> {
            if (failure == null) {
                first.complete(newRole);
            } else {
                first.completeExceptionally(failure);
            }
        });
    }

    /** How long reads may go on without asking the register again. */
    Duration readLeaseLeft() {
        Role current = role;
        return current == null ? Duration.ZERO : current.readLeaseLeft().get();
    }

    /** How the standbys stand; null on a node that leads none. */
    @Nullable
    ReplicationView replication() {
        Role current = role;
        return current == null ? null : current.replication().get();
    }

    @Override
    public <R> CompletableFuture<R> propose(Proposal<R> proposal) {
        return asked(serving -> serving.proposer().propose(proposal));
    }

    @Override
    public CommittedState committed() {
        Role current = role;
        return current == null ? recovered : current.states().committed();
    }

    @Override
    public CompletableFuture<CommittedState> linearizable() {
        return asked(serving -> serving.states().linearizable());
    }

    private <T> CompletableFuture<T> asked(Function<Role, CompletableFuture<T>> question) {
        Role current = role;
        return current != null && first.isDone()
                ? question.apply(current)
                : awaitFirst().thenCompose(question);
    }

    private CompletableFuture<Role> awaitFirst() {
        return first.copy()
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        failure instanceof TimeoutException ? EtcdError.TIMED_OUT.exception() : failure));
    }

    @Override
    public boolean hasLeader() {
        Role current = role;
        return current != null && current.states().hasLeader();
    }
}
