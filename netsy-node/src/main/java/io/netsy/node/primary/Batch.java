package io.netsy.node.primary;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommitListener.RevisionEvents;
import io.netsy.etcd.state.Compactor;
import io.netsy.etcd.state.StoreState;
import io.netsy.etcd.state.Transition;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Entries that are committed together, the state they lead to, and who waits for them. For the sequencer's thread. */
final class Batch {
    private final List<Entry> entries = new ArrayList<>();
    private final List<RevisionEvents> revisions = new ArrayList<>();
    private final List<Answer<?>> answers = new ArrayList<>();
    private final List<Pruning> prunings = new ArrayList<>();
    private StoreState after;
    private @Nullable LogPosition end;
    private long sealedAtNanos;
    private long committedAtNanos;
    private int toldUnknown;

    /** What a client is told once the batch is committed. */
    private record Answer<R>(
            CompletableFuture<R> future,
            @Nullable R result,
            @Nullable Throwable error,
            long arrivedNanos) {
        void give() {
            if (error != null) {
                future.completeExceptionally(error);
            } else {
                future.complete(result);
            }
        }
    }

    /** What a state was told to forget. */
    private record Pruning(long compactRevision, List<Bytes> keys) {
        StoreState of(StoreState state) {
            return Compactor.compact(state, compactRevision, keys, id -> {});
        }
    }

    Batch(StoreState before) {
        this.after = before;
    }

    void add(Entry entry, Transition transition) {
        entries.add(entry);
        after = transition.after();
        if (!transition.events().isEmpty()) {
            revisions.add(new RevisionEvents(after.revision(), transition.events()));
        }
    }

    <R> void answer(CompletableFuture<R> future, @Nullable R result, long arrivedNanos) {
        answers.add(new Answer<>(future, result, null, arrivedNanos));
    }

    <R> void refuse(CompletableFuture<R> future, Throwable error, long arrivedNanos) {
        answers.add(new Answer<>(future, null, error, arrivedNanos));
    }

    void seal(LogPosition position, long nowNanos) {
        end = position;
        sealedAtNanos = nowNanos;
    }

    boolean isCommittedBy(LogPosition position) {
        return end != null && end.index() <= position.index();
    }

    LogPosition end() {
        if (end == null) {
            throw new IllegalStateException("the batch is still open");
        }
        return end;
    }

    StoreState after() {
        return after;
    }

    /** Has the state forget what a compaction made unreadable. */
    void prune(long compactRevision, List<Bytes> keys, LongConsumer purged) {
        after = Compactor.compact(after, compactRevision, keys, purged);
        prunings.add(new Pruning(compactRevision, keys));
    }

    /** An earlier state, with all forgotten that this batch's was told to forget. */
    StoreState prunedLikewise(StoreState earlier) {
        StoreState pruned = earlier;
        for (Pruning pruning : prunings) {
            pruned = pruning.of(pruned);
        }
        return pruned;
    }

    List<Entry> entries() {
        return entries;
    }

    List<RevisionEvents> revisions() {
        return revisions;
    }

    long sealedAtNanos() {
        return sealedAtNanos;
    }

    void committed(long nowNanos) {
        committedAtNanos = nowNanos;
    }

    long committedAtNanos() {
        return committedAtNanos;
    }

    boolean isEmpty() {
        return entries.isEmpty() && answers.isEmpty();
    }

    /** How many still wait for an answer. */
    int answerCount() {
        return answers.size() - toldUnknown;
    }

    /** Answers everybody, in order. */
    void giveAnswers() {
        answers.forEach(Answer::give);
    }

    /**
     * Tells those who came before {@code bornBeforeNanos} that the outcome is unknown; the entries stay. Answers how many
     * had not been told before.
     */
    int giveUpOn(long bornBeforeNanos) {
        int told = 0;
        for (Answer<?> answer : answers) {
            if (answer.arrivedNanos() - bornBeforeNanos < 0 && tellUnknown(answer)) {
                told++;
            }
        }
        toldUnknown += told;
        return told;
    }

    /** Tells everybody that the outcome is unknown: the primary is gone. Answers how many had not been told before. */
    int failAnswers() {
        int told = 0;
        for (Answer<?> answer : answers) {
            if (tellUnknown(answer)) {
                told++;
            }
        }
        toldUnknown += told;
        return told;
    }

    private static boolean tellUnknown(Answer<?> answer) {
        return answer.future().completeExceptionally(EtcdError.TIMED_OUT.exception());
    }
}
