package io.netsy.node.primary;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.StateSource;
import io.netsy.node.clock.NodeClock;
import io.netsy.replication.core.ReadLease;
import io.netsy.replication.model.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * The published state and the right to call it current.
 *
 * <p>A linearizable read is answered at once while the {@link ReadLease} holds. Otherwise it waits for a confirmation by
 * a question that was asked after the read came: {@link #questionLeaves} draws that line, so no read is ever served by an
 * answer that was under way already (protocol safety, 23). Safe for any thread; the sequencer's alone publishes.
 */
final class ReadGate implements StateSource {
    private final NodeClock clock;
    private final Runnable askForConfirmation;
    private final PrimaryMeters meters;
    private final Object lock = new Object();
    private List<Waiter> came = new ArrayList<>();
    private final NavigableMap<Long, List<Waiter>> asked = new TreeMap<>();

    private volatile CommittedState committed;
    private volatile ReadLease lease;
    private volatile boolean serving;

    private record Waiter(CompletableFuture<CommittedState> future, long cameNanos) {}

    /**
     * @param initial what was recovered
     * @param askForConfirmation tells the sequencer that a read waits
     * @param meters counts the reads that end without an answer
     */
    ReadGate(NodeClock clock, CommittedState initial, Runnable askForConfirmation, PrimaryMeters meters) {
        this.clock = clock;
        this.meters = meters;
        this.committed = initial;
        this.lease = ReadLease.none(clock.now());
        this.askForConfirmation = askForConfirmation;
    }

    @Override
    public CommittedState committed() {
        return committed;
    }

    @Override
    public CompletableFuture<CommittedState> linearizable() {
        if (!serving) {
            meters.readsFailed(1);
            return CompletableFuture.failedFuture(EtcdError.NO_LEADER.exception());
        }
        if (lease.holdsAt(clock.now())) {
            return CompletableFuture.completedFuture(committed);
        }
        Waiter waiter = new Waiter(new CompletableFuture<>(), clock.now().bootNanos());
        synchronized (lock) {
            came.add(waiter);
        }
        askForConfirmation.run();
        return waiter.future();
    }

    @Override
    public boolean hasLeader() {
        return serving;
    }

    void publish(CommittedState state) {
        committed = state;
    }

    void serve() {
        serving = true;
    }

    void leaseChanged(ReadLease newLease) {
        lease = newLease;
        if (newLease.holdsAt(clock.now())) {
            complete(takeAll());
        }
    }

    /** A question, to the register or to the standbys, is about to leave: it serves the reads that are here now. */
    void questionLeaves(long question) {
        synchronized (lock) {
            if (!came.isEmpty()) {
                asked.put(question, came);
                came = new ArrayList<>();
            }
        }
    }

    /** A question's answer confirmed this primary: for the reads it left for, and for those that came even before. */
    void confirmed(long question) {
        List<Waiter> confirmed = new ArrayList<>();
        synchronized (lock) {
            Map<Long, List<Waiter>> served = asked.headMap(question, true);
            served.values().forEach(confirmed::addAll);
            served.clear();
        }
        complete(confirmed);
    }

    private void complete(List<Waiter> waiters) {
        for (Waiter waiter : waiters) {
            waiter.future().complete(committed);
        }
    }

    private List<Waiter> takeAll() {
        synchronized (lock) {
            List<Waiter> all = new ArrayList<>();
            asked.values().forEach(all::addAll);
            asked.clear();
            all.addAll(came);
            came = new ArrayList<>();
            return all;
        }
    }

    /** Gives up on reads that came before this time. */
    void giveUpOn(long cameBeforeNanos) {
        List<Waiter> late = new ArrayList<>();
        synchronized (lock) {
            List<List<Waiter>> all = new ArrayList<>(asked.values());
            all.add(came);
            for (List<Waiter> waiters : all) {
                waiters.stream()
                        .filter(waiter -> waiter.cameNanos() - cameBeforeNanos < 0)
                        .forEach(late::add);
                waiters.removeAll(late);
            }
        }
        meters.readsSlow(late.size());
        late.forEach(waiter -> waiter.future().completeExceptionally(EtcdError.TIMED_OUT.exception()));
    }

    /** No linearizable read is answered from here on. */
    void close() {
        serving = false;
        lease = ReadLease.none(clock.now());
        List<Waiter> left = takeAll();
        meters.readsFailed(left.size());
        left.forEach(waiter -> waiter.future().completeExceptionally(EtcdError.NO_LEADER.exception()));
    }

    /** What is left of the right to answer without asking; nothing once that is over. */
    Duration leaseLeft() {
        ReadLease current = lease;
        Moment now = clock.now();
        return current.holdsAt(now) ? Duration.ofNanos(current.validUntilNanos() - now.bootNanos()) : Duration.ZERO;
    }
}
