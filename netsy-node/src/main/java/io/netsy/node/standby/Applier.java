package io.netsy.node.standby;

import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.port.CommitListener.Commit;
import io.netsy.etcd.port.CommitListener.RevisionEvents;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.state.Compactor;
import io.netsy.etcd.state.StateMachine;
import io.netsy.etcd.state.StoreState;
import io.netsy.etcd.state.Transition;
import io.netsy.node.primary.AppliedLog;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * The one thread of a standby that owns the state: applies committed frames in order, shows the state to reads, hands the entries to
 * the replica and tells watchers, as the sequencer does on a primary. Safe for any thread.
 */
final class Applier {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final long MAX_BACKLOG_BYTES = 64 << 20;
    private static final long ROOM_PAUSE_NANOS = 2_000_000;

    private final AppliedLog log;
    private final List<CommitListener> listeners;
    private final Consumer<CommittedState> publish;
    private final Consumer<RuntimeException> failed;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("netsy-apply").daemon().factory());
    private CommittedState committed;
    private volatile boolean closing;

    /**
     * @param publish shows reads a newer state
     * @param failed is told what could not be applied; nothing is applied after it
     */
    Applier(
            AppliedLog log,
            List<CommitListener> listeners,
            CommittedState recovered,
            Consumer<CommittedState> publish,
            Consumer<RuntimeException> failed) {
        this.log = log;
        this.listeners = List.copyOf(listeners);
        this.committed = recovered;
        this.publish = publish;
        this.failed = failed;
    }

    /** Applies frames, then tells up to where. */
    void apply(List<Frame> frames, long term, Consumer<LogPosition> applied) {
        execute(() -> {
            for (Frame frame : frames) {
                apply(frame, term);
            }
            applied.accept(frames.getLast().end());
        });
    }

    /** Has keys forget what a compaction made unreadable; answers the ids that may be deleted from the replica. */
    CompletableFuture<long[]> prune(long compactRevision, List<Bytes> keys) {
        CompletableFuture<long[]> done = new CompletableFuture<>();
        execute(() -> {
            LongStream.Builder purged = LongStream.builder();
            StoreState pruned = Compactor.compact(committed.state(), compactRevision, keys, purged::add);
            committed = new CommittedState(pruned, committed.index(), committed.term());
            publish.accept(committed);
            done.complete(purged.build().toArray());
        });
        return done;
    }

    private void execute(Runnable task) {
        try {
            thread.execute(() -> {
                try {
                    if (!closing) {
                        task.run();
                    }
                } catch (RuntimeException e) {
                    closing = true;
                    failed.accept(e);
                }
            });
        } catch (RejectedExecutionException e) {
            // The standby is closed; what was not applied comes again.
        }
    }

    private void apply(Frame frame, long term) {
        List<Entry> entries = entriesOf(frame);
        List<RevisionEvents> revisions = new ArrayList<>();
        StoreState state = committed.state();
        for (Entry entry : entries) {
            log.stage(entry);
            Transition transition = StateMachine.apply(state, entry);
            state = transition.after();
            if (!transition.events().isEmpty()) {
                revisions.add(new RevisionEvents(state.revision(), transition.events()));
            }
        }
        committed = new CommittedState(state, frame.lastIndex(), term);
        publish.accept(committed);
        log.commit(frame.end(), entries);
        Commit commit = new Commit(committed, entries, revisions);
        listeners.forEach(listener -> listener.onCommitted(commit));
        while (log.backlogBytes() > MAX_BACKLOG_BYTES && !closing) {
            LockSupport.parkNanos(ROOM_PAUSE_NANOS);
        }
    }

    private static List<Entry> entriesOf(Frame frame) {
        try {
            return frame.entries();
        } catch (FrameException e) {
            throw new IllegalStateException("a committed frame can't be read: " + e.getMessage(), e);
        }
    }

    /** Applies nothing more. */
    void close() throws InterruptedException {
        closing = true;
        thread.shutdown();
        thread.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
