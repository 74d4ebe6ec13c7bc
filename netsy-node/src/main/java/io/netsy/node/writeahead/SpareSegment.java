package io.netsy.node.writeahead;

import io.netsy.node.clock.SystemClock;
import io.netsy.node.thread.Breather;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of zeros that becomes the next segment. The flush of a frame that is written over zeros is a write of its sectors; where
 * the file grows it is a commit of the file system's journal too, which waits for what all others wrote there (PostgreSQL
 * and etcd allocate their logs ahead for the same reason).
 *
 * <p>It is made while the log goes on in a file that grows. Nothing depends on it: where it can't be made, flushes only cost
 * more. Safe for any thread.
 */
final class SpareSegment implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpareSegment.class);
    private static final String NAME = "next.zeros";

    /** What it has room for. */
    static final int SIZE_BYTES = 64 << 20;

    /** So much is flushed at a time, that others' flushes need not wait for all of it: each disturbs a few of them. */
    private static final int STEP_BYTES = 4 << 20;

    private static final int BUFFER_BYTES = 256 << 10;

    /** So many times as long as a step took is the disk left to others. */
    private static final int RESTS = 4;

    private static final Duration RETRY_PAUSE = Duration.ofSeconds(30);

    private final Path directory;
    private final Path path;
    private final LongSupplier nanoTime = SystemClock.nanoTime();
    private final Executor background;
    private boolean making;
    private boolean ready;
    private long failedAtNanos;
    private boolean failed;
    private volatile boolean closed;

    /** @param background runs what takes as long as 64 MiB take to be written */
    SpareSegment(Path directory, Executor background) {
        this.directory = directory;
        this.path = directory.resolve(NAME);
        this.background = background;
    }

    /** Removes what a process left that was killed; nobody may use the directory. */
    static void deleteIn(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(NAME));
    }

    /** Whether the next segment can be made of it. */
    synchronized boolean isReady() {
        return ready;
    }

    /** Begins to make it, unless it is there, or being made, or could not be made a moment ago. */
    synchronized void prepare() {
        boolean pauses = failed && nanoTime.getAsLong() - failedAtNanos < RETRY_PAUSE.toNanos();
        if (!ready && !making && !pauses && !closed) {
            making = true;
            background.execute(this::make);
        }
    }

    private void make() {
        IOException failure = new IOException("the making of %s ended early".formatted(path));
        try {
            writeZeros();
            failure = null;
        } catch (IOException e) {
            failure = e;
        } finally {
            ended(failure);
        }
    }

    private void writeZeros() throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(BUFFER_BYTES);
        Breather breather = new Breather(RESTS);
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (int written = BUFFER_BYTES; written <= SIZE_BYTES && !closed; written += BUFFER_BYTES) {
                Disk.write(channel, zeros.clear());
                if (written % STEP_BYTES == 0) {
                    channel.force(true);
                    breather.rest();
                }
            }
        }
    }

    private synchronized void ended(@Nullable IOException failure) {
        making = false;
        notifyAll();
        ready = failure == null && !closed;
        if (failure != null) {
            if (!failed) {
                LOG.info("no file can be made ahead for the log, flushes cost more: {}", failure.toString());
            }
            failed = true;
            failedAtNanos = nanoTime.getAsLong();
        } else {
            failed = false;
        }
        if (!ready) {
            delete();
        }
    }

    private void delete() {
        try {
            deleteIn(directory);
        } catch (IOException e) {
            LOG.debug("{} stays until the next start", path, e);
        }
    }

    /**
     * Makes a segment of it, after {@link #isReady}, and begins with the next; its name is not durable yet.
     *
     * @throws IOException when it can't be used; it is no longer ready then
     */
    synchronized Segment become(LogPosition base) throws IOException {
        ready = false;
        Segment segment = Segment.create(path, directory, base);
        prepare();
        return segment;
    }

    /** Stops, and removes what is not used. */
    @Override
    public synchronized void close() {
        closed = true;
        try {
            while (making) {
                wait();
            }
            ready = false;
            delete();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
