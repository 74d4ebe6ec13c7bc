package io.netsy.node.wiring;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.error.EtcdException;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.port.Proposer;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.rpc.Failures;
import io.netsy.node.primary.ReplicationView;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the services talk to, whatever the node is at the moment. Before its first role serves, and between two, there is "no
 * leader", serializable reads see the state as it was last, and what needs a primary waits for the next role, as in etcd: a client that
 * is connected already need not find its way back when the term begins. Safe for any thread.
 */
final class CurrentTerm implements Proposer, StateSource, AutoCloseable {
    private final LongSupplier nanoTime;
    private final Duration patience;
    private volatile Supplier<CommittedState> shown;
    private volatile @Nullable Role role;
    private volatile CompletableFuture<Role> serving = new CompletableFuture<>();
    /** How often requests began to wait for another role. */
    private final AtomicLong waits = new AtomicLong();

    private boolean closed;

    /** @param patience how long a request waits for a role that serves */
    CurrentTerm(CommittedState recovered, Duration patience, LongSupplier nanoTime) {
        this.shown = () -> recovered;
        this.patience = patience;
        this.nanoTime = nanoTime;
    }

    /** No request waits any more. */
    @Override
    public synchronized void close() {
        closed = true;
        serving.completeExceptionally(EtcdError.NO_LEADER.exception());
    }

    /** A role was begun; once it serves, it gets the requests that wait. */
    synchronized void begin(Role newRole) {
        role = newRole;
        shown = newRole.states()::committed;
        renew();
        CompletableFuture<Role> waiting = serving;
        var _ = newRole.serving().thenRun(() -> waiting.complete(newRole));
    }

    /** The role is about to end: what needs one waits for the next from now on. */
    synchronized void pause() {
        renew();
    }

    /** No role is begun; this is the state that reads see. */
    synchronized void pause(Supplier<CommittedState> state) {
        renew();
        shown = state;
        role = null;
    }

    private void renew() {
        if (serving.isDone() && !closed) {
            serving = new CompletableFuture<>();
            waits.incrementAndGet();
        }
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
        return asked(serving, patience.toNanos(), role -> role.proposer().propose(proposal));
    }

    @Override
    public CommittedState committed() {
        return shown.get();
    }

    @Override
    public CompletableFuture<CommittedState> linearizable() {
        return read(nanoTime.getAsLong() + patience.toNanos());
    }

    /** A read that no primary confirmed, because the role ended, is asked of the next one. */
    private CompletableFuture<CommittedState> read(long untilNanos) {
        long askedIn = waits.get();
        return asked(
                        serving,
                        untilNanos - nanoTime.getAsLong(),
                        role -> role.states().linearizable())
                .exceptionallyCompose(failure -> {
                    boolean again =
                            isNoLeader(failure) && waits.get() != askedIn && untilNanos - nanoTime.getAsLong() > 0;
                    return again ? read(untilNanos) : CompletableFuture.failedFuture(failure);
                });
    }

    private static boolean isNoLeader(Throwable failure) {
        return Failures.unwrap(failure) instanceof EtcdException refused && refused.error() == EtcdError.NO_LEADER;
    }

    private static <T> CompletableFuture<T> asked(
            CompletableFuture<Role> of, long waitNanos, Function<Role, CompletableFuture<T>> question) {
        return of.isDone() && !of.isCompletedExceptionally()
                ? question.apply(of.join())
                : await(of, waitNanos).thenCompose(question);
    }

    private static CompletableFuture<Role> await(CompletableFuture<Role> of, long waitNanos) {
        return of.copy()
                .orTimeout(waitNanos, TimeUnit.NANOSECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        failure instanceof TimeoutException ? EtcdError.TIMED_OUT.exception() : failure));
    }

    @Override
    public void whenApplied(long index, Runnable action) {
        Role current = role;
        if (current == null) {
            action.run();
        } else {
            current.states().whenApplied(index, action);
        }
    }

    @Override
    public boolean hasLeader() {
        Role current = role;
        return current != null && current.states().hasLeader();
    }
}
