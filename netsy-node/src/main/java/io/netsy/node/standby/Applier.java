package io.netsy.node.standby;

import io.netsy.etcd.error.EtcdError;
import io.netsy.node.primary.PrimaryTerm.Tip;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.LogPosition;
import java.time.Duration;
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
 * The one thread of a standby that owns the state: applies committed frames in order, as the sequencer does on a primary. Safe for
 * any thread.
 */
final class Applier {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final long ROOM_PAUSE_NANOS = 2_000_000;

    private final FrameApplier frames;
    private final Consumer<RuntimeException> failed;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("netsy-apply").daemon().factory());
    private volatile boolean closing;

    /** @param failed is told what could not be applied; nothing is applied after it */
    Applier(FrameApplier frames, Consumer<RuntimeException> failed) {
        this.frames = frames;
        this.failed = failed;
    }

    /** Applies frames, then tells up to where. */
    void apply(List<Frame> committed, long term, Consumer<LogPosition> applied) {
        execute(
                () -> {
                    for (Frame frame : committed) {
                        if (closing) {
                            return;
                        }
                        frames.apply(frame, term);
                        awaitRoom();
                    }
                    applied.accept(committed.getLast().end());
                },
                () -> {});
    }

    private void awaitRoom() {
        while (frames.isFull() && !closing) {
            LockSupport.parkNanos(ROOM_PAUSE_NANOS);
        }
    }

    /** Has keys forget what a compaction made unreadable; answers the ids that may be deleted from the replica. */
    CompletableFuture<long[]> prune(long compactRevision, List<Bytes> keys) {
        CompletableFuture<long[]> done = new CompletableFuture<>();
        execute(
                () -> {
                    LongStream.Builder purged = LongStream.builder();
                    frames.prune(compactRevision, keys, purged::add);
                    done.complete(purged.build().toArray());
                },
                () -> done.completeExceptionally(EtcdError.NO_LEADER.exception()));
        return done;
    }

    /** @param refused runs in place of the task when nothing is done here any more */
    private void execute(Runnable task, Runnable refused) {
        try {
            thread.execute(() -> {
                try {
                    (closing ? refused : task).run();
                } catch (RuntimeException e) {
                    closing = true;
                    failed.accept(e);
                }
            });
        } catch (RejectedExecutionException e) {
            // The standby is closed; what was not applied comes again.
            refused.run();
        }
    }

    /**
     * Applies nothing more, and answers where that ended.
     *
     * @throws IllegalStateException when a frame is not done with in time
     */
    Tip close() throws InterruptedException {
        closing = true;
        thread.shutdown();
        if (!thread.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("a frame is being applied for %s".formatted(CLOSE_TIMEOUT));
        }
        return frames.tip();
    }
}
