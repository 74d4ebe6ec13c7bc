package io.netsy.node.standby;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.StateSource;
import io.netsy.node.clock.NodeClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/**
 * Reads on a standby. A serializable one sees what is applied here. A linearizable one waits until the primary said up to
 * where it is committed and this node has applied that: one question at a time, for all reads that came before it left
 * (protocol safety, 23; Raft's read-index).
 *
 * <p>{@link #committed}, {@link #linearizable}, {@link #whenApplied} and {@link #hasLeader} are for any thread, the rest for who has the
 * standby's turn, but for {@link #publish}.
 */
final class StandbyReads implements StateSource {
    private final NodeClock clock;
    private final Runnable wakeUp;
    private final LongConsumer ask;
    private final Object lock = new Object();
    private List<Waiter> came = new ArrayList<>();
    private List<Waiter> asked = new ArrayList<>();
    private final Deque<Answered> answered = new ArrayDeque<>();
    private final Queue<Awaiting> awaiting = new PriorityQueue<>(Comparator.comparingLong(Awaiting::index));
    private final long recoveredIndex;
    private long heardIndex;
    private long question;
    private boolean asking;
    private boolean ended;
    private volatile CommittedState committed;
    private volatile boolean following;

    private record Waiter(CompletableFuture<CommittedState> future, long cameNanos) {}

    /** Reads that may be answered once an index is applied. */
    private record Answered(long index, List<Waiter> waiters) {}

    /** What is to be done once an index is applied. */
    private record Awaiting(long index, Runnable action, long cameNanos) {}

    /**
     * @param wakeUp has whoever has the standby's turn call {@link #maybeAsk}
     * @param ask puts a question to the primary
     */
    StandbyReads(NodeClock clock, CommittedState recovered, Runnable wakeUp, LongConsumer ask) {
        this.clock = clock;
        this.committed = recovered;
        this.recoveredIndex = recovered.index();
        this.wakeUp = wakeUp;
        this.ask = ask;
    }

    @Override
    public CommittedState committed() {
        return committed;
    }

    @Override
    public CompletableFuture<CommittedState> linearizable() {
        Waiter waiter = new Waiter(new CompletableFuture<>(), clock.now().bootNanos());
        synchronized (lock) {
            if (ended) {
                return CompletableFuture.failedFuture(EtcdError.NO_LEADER.exception());
            }
            came.add(waiter);
        }
        wakeUp.run();
        return waiter.future();
    }

    @Override
    public void whenApplied(long index, Runnable action) {
        if (index > committed.index()
                && maybeAwait(new Awaiting(index, action, clock.now().bootNanos()))) {
            runApplied();
        } else {
            action.run();
        }
    }

    private boolean maybeAwait(Awaiting newest) {
        synchronized (lock) {
            return !ended && awaiting.add(newest);
        }
    }

    /** On any thread. */
    private void runApplied() {
        List<Awaiting> there = new ArrayList<>();
        synchronized (lock) {
            long index = committed.index();
            while (!awaiting.isEmpty() && awaiting.element().index() <= index) {
                there.add(awaiting.remove());
            }
        }
        there.forEach(one -> one.action().run());
    }

    @Override
    public boolean hasLeader() {
        return following;
    }

    /** Asks for those that wait, unless a question is under way already. */
    void maybeAsk() {
        if (asking || !following) {
            return;
        }
        synchronized (lock) {
            if (came.isEmpty()) {
                return;
            }
            asked = came;
            came = new ArrayList<>();
        }
        asking = true;
        ask.accept(++question);
    }

    /** A primary took this standby in: what was asked of another is asked again. */
    void began() {
        following = true;
        asking = false;
        synchronized (lock) {
            asked.addAll(came);
            came = asked;
            asked = new ArrayList<>();
        }
        maybeAsk();
    }

    /** There is no primary for the moment. */
    void lost() {
        following = false;
    }

    void handleAnswer(long answeredQuestion, long index) {
        if (!asking || answeredQuestion != question) {
            return;
        }
        asking = false;
        synchronized (lock) {
            answered.add(new Answered(index, asked));
            asked = new ArrayList<>();
        }
        completeApplied();
        maybeAsk();
    }

    /** Shows reads a newer state; {@link #completeApplied} is next. Called by the thread that applies. */
    void publish(CommittedState state) {
        committed = state;
    }

    /** A primary said up to where it is committed; see {@link io.netsy.replication.core.StandbyCore#heardCommitted}. */
    void heard(long committedIndex) {
        if (committedIndex > heardIndex) {
            heardIndex = committedIndex;
            completeApplied();
        }
    }

    /** Answers the reads that waited for what is applied by now. */
    void completeApplied() {
        runApplied();
        CommittedState state = committed;
        if (heardIndex < recoveredIndex) {
            return;
        }
        while (!answered.isEmpty() && answered.getFirst().index() <= state.index()) {
            answered.removeFirst().waiters().forEach(waiter -> waiter.future().complete(state));
        }
    }

    /** Nothing is confirmed here any more: whoever waits is told that there is no primary, and for what is applied waits nobody. */
    void end() {
        following = false;
        List<Waiter> left = new ArrayList<>();
        List<Awaiting> leftAwaiting;
        synchronized (lock) {
            left.addAll(came);
            left.addAll(asked);
            answered.forEach(group -> left.addAll(group.waiters()));
            came = new ArrayList<>();
            asked = new ArrayList<>();
            answered.clear();
            leftAwaiting = List.copyOf(awaiting);
            awaiting.clear();
            ended = true;
        }
        leftAwaiting.forEach(one -> one.action().run());
        left.forEach(waiter -> waiter.future().completeExceptionally(EtcdError.NO_LEADER.exception()));
    }

    /** Tells those that came before this time that nobody could confirm it; what waits to be applied waits no more. */
    void giveUpOn(long cameBeforeNanos) {
        List<Waiter> late = new ArrayList<>();
        List<Awaiting> lateAwaiting = new ArrayList<>();
        synchronized (lock) {
            awaiting.stream()
                    .filter(one -> one.cameNanos() - cameBeforeNanos < 0)
                    .forEach(lateAwaiting::add);
            awaiting.removeAll(lateAwaiting);
            List<List<Waiter>> all = new ArrayList<>(List.of(came, asked));
            answered.forEach(group -> all.add(group.waiters()));
            for (List<Waiter> waiters : all) {
                waiters.stream()
                        .filter(waiter -> waiter.cameNanos() - cameBeforeNanos < 0)
                        .forEach(late::add);
                waiters.removeAll(late);
            }
        }
        lateAwaiting.forEach(one -> one.action().run());
        late.forEach(waiter -> waiter.future().completeExceptionally(EtcdError.TIMED_OUT.exception()));
    }
}
