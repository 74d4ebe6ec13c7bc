package io.netsy.node.writeahead;

import io.netsy.node.clock.SystemClock;
import io.netsy.node.thread.Unhurried;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes to this node's write-ahead file: in the order of the calls, with one flush for all that asked
 * for one meanwhile. Safe for any thread; no call waits for the disk.
 *
 * <p>A disk that refuses frames is tried again until it takes them; nothing is told flushed meanwhile. Old segments that it does
 * not delete are tried again later. After a failed flush nobody can tell what is on the disk, so the process must end (brief,
 * section 5).
 */
public final class LogWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(500);

    /** What stands in the bucket too is kept up to this size, for standbys that come back. */
    private static final long KEPT_BYTES = 256 << 20;

    /** A segment of this size or more has the next one made ahead. */
    private static final long AHEAD_FROM_BYTES = 1 << 20;

    private final WriteAheadFile file;
    private final long keptBytes;
    private final Consumer<String> broken;
    private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();
    private final Thread thread;
    private final LongSupplier nanoTime = SystemClock.nanoTime();
    private volatile boolean closing;
    /** Since when the disk is at work on what was ordered; nothing while it is not. */
    private volatile @Nullable Long busySinceNanos;
    /** A deletion failed, and that was said. */
    private boolean keepsTooMuch;

    private sealed interface Order {
        record Append(Frame frame) implements Order {}

        record Flush(Consumer<LogPosition> done) implements Order {}

        record Truncate(LogPosition after) implements Order {}

        record Forget(long storedIndex) implements Order {}

        record End() implements Order {}
    }

    /** @param broken is told once, when the file can't be relied on any more */
    public LogWriter(WriteAheadFile file, Consumer<String> broken) {
        this(file, KEPT_BYTES, broken);
    }

    LogWriter(WriteAheadFile file, long keptBytes, Consumer<String> broken) {
        this.file = file;
        this.keptBytes = keptBytes;
        this.broken = broken;
        file.makeSegmentsAhead(
                work -> Unhurried.named("netsy-write-ahead-spare").start(work), AHEAD_FROM_BYTES);
        this.thread = Thread.ofPlatform().name("netsy-write-ahead").daemon().start(this::run);
    }

    /** Writes a frame behind the last one. */
    public void append(Frame frame) {
        orders.add(new Order.Append(frame));
    }

    /** Makes durable what was appended before; tells up to where, on the writer's thread. */
    public void flush(Consumer<LogPosition> done) {
        orders.add(new Order.Flush(done));
    }

    /** Durably removes what follows a position. */
    public void truncate(LogPosition after) {
        orders.add(new Order.Truncate(after));
    }

    /** What is at or below this index stands in the bucket; the oldest of it may go. */
    public void mayForget(long storedIndex) {
        orders.add(new Order.Forget(storedIndex));
    }

    /**
     * Waits until all that was ordered before is on the disk.
     *
     * @throws InterruptedException when this thread was interrupted: a disk may stand still for long
     */
    public void await() throws InterruptedException {
        CompletableFuture<LogPosition> done = new CompletableFuture<>();
        flush(done::complete);
        try {
            done.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a flush that fails ends the process", e);
        }
    }

    /** For how long the disk has not done what was ordered; zero when it has nothing to do. */
    public Duration stalledFor() {
        Long since = busySinceNanos;
        return since == null ? Duration.ZERO : Duration.ofNanos(nanoTime.getAsLong() - since);
    }

    private void run() {
        try {
            List<Order> batch = new ArrayList<>();
            while (true) {
                batch.clear();
                batch.add(orders.take());
                orders.drainTo(batch);
                busySinceNanos = nanoTime.getAsLong();
                if (!carryOut(batch)) {
                    return;
                }
                busySinceNanos = null;
            }
        } catch (InterruptedException e) {
            LOG.debug("the write-ahead file's writer was interrupted");
        } catch (IOException | RuntimeException e) {
            LOG.error("the write-ahead file failed: {}", e.toString());
            broken.accept(String.valueOf(e.getMessage()));
        }
    }

    /** Answers false when it is over. */
    private boolean carryOut(List<Order> batch) throws IOException, InterruptedException {
        List<Consumer<LogPosition>> waiting = new ArrayList<>();
        boolean goesOn = true;
        for (Order order : batch) {
            switch (order) {
                case Order.Append append -> appendWhenPossible(append.frame());
                case Order.Flush flush -> waiting.add(flush.done());
                case Order.Truncate truncate -> {
                    flush(waiting);
                    file.truncateAfter(truncate.after().index());
                }
                case Order.Forget forget -> maybePrune(forget.storedIndex());
                case Order.End ignored -> goesOn = false;
            }
        }
        flush(waiting);
        return goesOn;
    }

    /** What can't be deleted takes room and harms nothing else; it is tried again when the bucket has more. */
    private void maybePrune(long storedIndex) {
        try {
            file.prune(storedIndex, keptBytes);
            if (keepsTooMuch) {
                LOG.info("old segments of the write-ahead file are deleted again");
            }
            keepsTooMuch = false;
        } catch (IOException e) {
            if (!keepsTooMuch) {
                LOG.error("an old segment of the write-ahead file can't be deleted, tried again: {}", e.toString());
            }
            keepsTooMuch = true;
        }
    }

    private void flush(List<Consumer<LogPosition>> waiting) throws IOException {
        if (waiting.isEmpty()) {
            return;
        }
        LogPosition flushed = file.flush();
        waiting.forEach(done -> done.accept(flushed));
        waiting.clear();
    }

    private void appendWhenPossible(Frame frame) throws IOException {
        boolean told = false;
        while (true) {
            try {
                cutWhatIsReplaced(frame);
                file.append(frame);
                if (told) {
                    LOG.info("the write-ahead file takes frames again");
                }
                return;
            } catch (IOException e) {
                if (closing) {
                    throw e;
                }
                if (!told) {
                    LOG.error("the write-ahead file can't be written, tried again: {}", e.getMessage());
                    told = true;
                }
                LockSupport.parkNanos(RETRY_PAUSE.toNanos());
            }
        }
    }

    /** A primary that opens may find that a later term closed the tail that its file goes on with. */
    private void cutWhatIsReplaced(Frame frame) throws IOException {
        if (frame.firstIndex() <= file.end().index()) {
            LOG.info("frames from index {} on are not in the history and are cut off", frame.firstIndex());
            file.truncateAfter(frame.firstIndex() - 1);
        }
    }

    /** Carries out what was ordered before, then ends. */
    @Override
    public void close() {
        closing = true;
        orders.add(new Order.End());
        try {
            thread.join(RETRY_PAUSE.multipliedBy(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
