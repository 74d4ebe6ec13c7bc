package io.netsy.etcd.testkit;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.error.EtcdException;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.port.HistoryExport;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.port.Proposer;
import io.netsy.etcd.port.PurgeWitness;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.state.KeyEvent;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.RevisionId;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One node's log and state in memory: what is proposed is committed before {@link #propose} returns, unless a test holds
 * commits back. Safe for any thread.
 *
 * <p>The values of revisions are in {@link #revisions}, the ports without behaviour in {@link TestNode}.
 */
public final class TestStore implements Proposer, StateSource {
    private final TestRevisions revisions = new TestRevisions();
    private final List<CommitListener> listeners = new ArrayList<>();
    private final List<Entry> log = new ArrayList<>();
    private final Deque<InFlight> inFlight = new ArrayDeque<>();
    private final Deque<CompletableFuture<CommittedState>> unconfirmed = new ArrayDeque<>();
    private StoreState tip;
    private volatile CommittedState committed;
    private volatile boolean leader = true;
    private boolean holdCommits;
    private boolean holdConfirmations;
    private boolean loseNext;
    private PurgeWitness witness = (revision, pace) -> {};

    /** An empty store that serves in term 1. */
    public TestStore() {
        this(List.of());
    }

    /** A store that recovers from a log. */
    public TestStore(List<Entry> entries) {
        tip = StoreState.EMPTY;
        committed = new CommittedState(tip, 0, 1);
        entries.forEach(entry -> {
            sequence(Evaluation.effect(tip, entry, entry), new CompletableFuture<>());
            commitOldest();
        });
    }

    private record InFlight(Entry entry, StoreState after, List<KeyEvent> events, Runnable answer, Runnable timeOut) {}

    public TestRevisions revisions() {
        return revisions;
    }

    /** Everything committed so far. */
    public synchronized List<Entry> log() {
        return List.copyOf(log);
    }

    public synchronized void addListener(CommitListener listener) {
        listeners.add(listener);
    }

    /** From here on proposals are sequenced but not committed, until {@link #releaseCommits}. */
    public synchronized void holdCommits() {
        holdCommits = true;
    }

    /** Commits what is in flight, as one group, and no longer holds commits back. */
    public synchronized void releaseCommits() {
        holdCommits = false;
        commitGroup();
    }

    /** How many entries are sequenced and not committed. */
    public synchronized int inFlightCount() {
        return inFlight.size();
    }

    /** Answers what is in flight with "request timed out" while it stays in flight: its outcome is unknown to clients. */
    public synchronized void timeOutInFlight() {
        inFlight.forEach(pending -> pending.timeOut().run());
    }

    /** The next proposal never reaches the sequencer, and its sender is told that the outcome is unknown. */
    public synchronized void loseNextProposal() {
        loseNext = true;
    }

    /** From here on linearizable reads wait for {@link #confirm}. */
    public synchronized void holdConfirmations() {
        holdConfirmations = true;
    }

    /** Lets the linearizable reads that wait go on, with the state of now, and later ones answer at once. */
    public synchronized void confirm() {
        holdConfirmations = false;
        while (!unconfirmed.isEmpty()) {
            unconfirmed.poll().complete(committed);
        }
    }

    /** Fails the linearizable reads that wait. */
    public synchronized void refuseConfirmation(EtcdError error) {
        while (!unconfirmed.isEmpty()) {
            unconfirmed.poll().completeExceptionally(error.exception());
        }
    }

    public void setLeader(boolean hasLeader) {
        leader = hasLeader;
    }

    /** Names who sees the history before each purge. */
    public synchronized void showPurges(PurgeWitness purgeWitness) {
        witness = purgeWitness;
    }

    /** Forgets, in the index and in the table, what the newest compaction made unreadable. */
    public synchronized void purge() {
        if (!inFlight.isEmpty()) {
            throw new IllegalStateException("purge with " + inFlight.size() + " entries in flight");
        }
        try {
            witness.beforePurge(tip.compactRevision(), () -> {});
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted before a purge", e);
        }
        tip = revisions.purge(tip);
        committed = new CommittedState(tip, committed.index(), committed.term());
    }

    /** A new term begins, as after an election. */
    public synchronized void startTerm() {
        committed = new CommittedState(committed.state(), committed.index(), committed.term() + 1);
    }

    @Override
    public synchronized <R> CompletableFuture<R> propose(Proposal<R> proposal) {
        if (loseNext) {
            loseNext = false;
            return CompletableFuture.failedFuture(EtcdError.TIMED_OUT.exception());
        }
        CompletableFuture<R> answer = new CompletableFuture<>();
        try {
            sequence(proposal.evaluate(tip, revisions), answer);
        } catch (EtcdException e) {
            answer.completeExceptionally(e);
        }
        if (!holdCommits) {
            commitGroup();
        }
        return answer;
    }

    private <R> void sequence(Evaluation<R> evaluation, CompletableFuture<R> answer) {
        Runnable timeOut = () -> answer.completeExceptionally(EtcdError.TIMED_OUT.exception());
        switch (evaluation) {
            case Evaluation.Effect<R> effect -> {
                tip = effect.transition().after();
                List<KeyEvent> events = effect.transition().events();
                events.forEach(revisions::add);
                inFlight.add(
                        new InFlight(effect.entry(), tip, events, () -> answer.complete(effect.result()), timeOut));
            }
            case Evaluation.NoEffect<R> noEffect -> {
                if (inFlight.isEmpty()) {
                    answer.complete(noEffect.result());
                } else {
                    rideOnNewest(() -> answer.complete(noEffect.result()), timeOut);
                }
            }
        }
    }

    private void rideOnNewest(Runnable answer, Runnable timeOut) {
        InFlight newest = inFlight.removeLast();
        inFlight.add(new InFlight(
                newest.entry(),
                newest.after(),
                newest.events(),
                () -> {
                    newest.answer().run();
                    answer.run();
                },
                () -> {
                    newest.timeOut().run();
                    timeOut.run();
                }));
    }

    private void commitOldest() {
        commit(List.of(inFlight.remove()));
    }

    private void commitGroup() {
        if (!inFlight.isEmpty()) {
            List<InFlight> group = List.copyOf(inFlight);
            inFlight.clear();
            commit(group);
        }
    }

    private void commit(List<InFlight> group) {
        List<Entry> entries = group.stream().map(InFlight::entry).toList();
        List<CommitListener.RevisionEvents> changed = group.stream()
                .map(InFlight::events)
                .filter(events -> !events.isEmpty())
                .map(TestStore::ofOneRevision)
                .toList();
        log.addAll(entries);
        committed = new CommittedState(group.getLast().after(), committed.index() + group.size(), committed.term());
        CommitListener.Commit commit = new CommitListener.Commit(committed, entries, changed);
        listeners.forEach(listener -> listener.onCommitted(commit));
        group.forEach(pending -> pending.answer().run());
    }

    private static CommitListener.RevisionEvents ofOneRevision(List<KeyEvent> events) {
        return new CommitListener.RevisionEvents(
                RevisionId.main(events.getFirst().record().modId()), events);
    }

    /** The newest committed state and its history, as they are when the view is opened. */
    public HistoryExport history() {
        return () -> {
            synchronized (this) {
                return new View(committed, revisions.upTo(committed.state().revision()));
            }
        };
    }

    private record View(CommittedState at, List<StoredRevision> rows) implements HistoryExport.View {
        @Override
        public void visit(HistoryExport.Visitor visitor) throws IOException {
            for (StoredRevision row : rows) {
                visitor.visit(row);
            }
        }

        @Override
        public void close() {}
    }

    @Override
    public CommittedState committed() {
        return committed;
    }

    @Override
    public synchronized CompletableFuture<CommittedState> linearizable() {
        if (!holdConfirmations) {
            return CompletableFuture.completedFuture(committed);
        }
        CompletableFuture<CommittedState> waiting = new CompletableFuture<>();
        unconfirmed.add(waiting);
        return waiting;
    }

    @Override
    public boolean hasLeader() {
        return leader;
    }
}
