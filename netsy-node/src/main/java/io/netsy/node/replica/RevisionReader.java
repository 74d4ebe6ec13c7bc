package io.netsy.node.replica;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.replication.model.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads by revision id, from the nearest place: staged revisions, the value cache, the file. Safe for any thread; a read
 * of the file waits for one of a few connections.
 *
 * <p>No read transaction lasts longer than one bounded chunk, because an open one keeps SQLite's log from being written
 * back.
 */
final class RevisionReader implements AutoCloseable {
    private static final int MAX_VALUES_PER_READ = 512;
    private static final int MAX_STAGED_PER_READ = 512;
    private static final long MAX_BYTES_PER_READ = 2 << 20;

    private final Path file;
    private final StagedRevisions staged;
    private final ValueCache cache;
    private final HealthMonitor health;
    private final BlockingQueue<ReadConnection> idle;
    private final int readers;
    private volatile boolean closed;

    RevisionReader(ReplicaConfig config, StagedRevisions staged, ValueCache cache, HealthMonitor health)
            throws SQLException {
        this.file = config.file();
        this.staged = staged;
        this.cache = cache;
        this.health = health;
        this.readers = config.limits().readers();
        this.idle = new ArrayBlockingQueue<>(readers);
        for (int i = 0; i < readers; i++) {
            idle.add(new ReadConnection(file));
        }
    }

    /** A read of the file. */
    @FunctionalInterface
    private interface Read<R> {
        R from(ReadConnection connection) throws SQLException, IOException;
    }

    @Nullable
    Bytes cachedValue(long revisionId) {
        Bytes value = staged.value(revisionId);
        return value != null ? value : cache.get(revisionId);
    }

    @Nullable
    Bytes[] values(long[] revisionIds) {
        @Nullable Bytes[] values = new Bytes[revisionIds.length];
        long[] missing = new long[revisionIds.length];
        int count = 0;
        for (int i = 0; i < revisionIds.length; i++) {
            values[i] = cachedValue(revisionIds[i]);
            if (values[i] == null) {
                missing[count++] = revisionIds[i];
            }
        }
        if (count > 0) {
            fill(revisionIds, values, sortedDistinct(missing, count));
        }
        return values;
    }

    private static long[] sortedDistinct(long[] ids, int count) {
        Arrays.sort(ids, 0, count);
        int distinct = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || ids[i] != ids[i - 1]) {
                ids[distinct++] = ids[i];
            }
        }
        return Arrays.copyOf(ids, distinct);
    }

    private void fill(long[] revisionIds, @Nullable Bytes[] values, long[] missing) {
        @Nullable Bytes[] found = new Bytes[missing.length];
        for (int from = 0; from < missing.length; from += MAX_VALUES_PER_READ) {
            int to = Math.min(from + MAX_VALUES_PER_READ, missing.length);
            @Nullable Bytes[] part = readValues(Arrays.copyOfRange(missing, from, to));
            System.arraycopy(part, 0, found, from, part.length);
        }
        for (int i = 0; i < values.length; i++) {
            if (values[i] == null) {
                values[i] = found[Arrays.binarySearch(missing, revisionIds[i])];
            }
        }
    }

    private @Nullable Bytes[] readValues(long[] ids) {
        @Nullable Bytes[] found = new Bytes[ids.length];
        read(connection -> {
            connection.values(ids, found);
            return found;
        });
        for (int i = 0; i < ids.length; i++) {
            Bytes value = found[i];
            if (value != null) {
                cache.put(ids[i], value);
            }
        }
        return found;
    }

    @Nullable
    StoredRevision revision(long revisionId) {
        StoredRevision found = staged.find(revisionId);
        if (found != null) {
            return found;
        }
        List<StoredRevision> rows = new ArrayList<>(1);
        read(connection -> connection.rows(revisionId, revisionId, 1, rows::add));
        return rows.isEmpty() ? null : rows.getFirst();
    }

    /**
     * Visits revisions in order, chunk by chunk.
     *
     * <ol>
     *   <li>What is below the oldest staged revision is in the file: read it there.
     *   <li>The rest is staged; if it went to the file meanwhile, begin again from there.
     * </ol>
     */
    void scan(long fromId, long toId, Predicate<StoredRevision> visitor) {
        // The greatest id is the greatest long: one more than it is negative.
        for (long next = Math.max(1, fromId); next > 0 && next <= toId; ) {
            List<StoredRevision> chunk = new ArrayList<>();
            long reached = readChunk(next, toId, chunk);
            for (StoredRevision revision : chunk) {
                if (!visitor.test(revision)) {
                    return;
                }
            }
            next = reached + 1;
        }
    }

    /** Reads a chunk and answers the id up to which it is complete; {@code from - 1} when it has to be read again. */
    private long readChunk(long from, long toId, List<StoredRevision> chunk) {
        long firstStaged = staged.firstId();
        if (from < firstStaged) {
            long to = Math.min(toId, firstStaged - 1);
            boolean more = read(connection -> connection.rows(from, to, MAX_BYTES_PER_READ, chunk::add));
            return more ? chunk.getLast().revisionId() : to;
        }
        List<StoredRevision> waiting = staged.between(from, toId, MAX_STAGED_PER_READ);
        if (waiting == null) {
            return from - 1;
        }
        chunk.addAll(waiting);
        return waiting.size() < MAX_STAGED_PER_READ ? toId : waiting.getLast().revisionId();
    }

    /** Reads keys of revisions in the file; see {@link ReadConnection#keys}. */
    long keys(long fromId, long toId, int limit, List<Bytes> into) {
        return read(connection -> connection.keys(fromId, toId, limit, into));
    }

    private <R> R read(Read<R> read) {
        ReadConnection connection = take();
        try {
            return read.from(connection);
        } catch (SQLException e) {
            throw failed(Sqlite.asIoException(file, e));
        } catch (IOException e) {
            throw failed(e);
        } finally {
            idle.add(connection);
        }
    }

    private UncheckedIOException failed(IOException e) {
        if (e instanceof ReplicaUnusableException) {
            health.failed(String.valueOf(e.getMessage()));
        }
        return new UncheckedIOException(e);
    }

    /** Connections that are in use. */
    int openReads() {
        return readers - idle.size();
    }

    private ReadConnection take() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return checkOpen(idle.take());
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private ReadConnection checkOpen(ReadConnection connection) {
        if (closed) {
            idle.add(connection);
            throw new UncheckedIOException(new IOException("replica %s is closed".formatted(file)));
        }
        return connection;
    }

    /** Waits for reads under way; later ones fail. */
    @Override
    public void close() throws SQLException {
        List<ReadConnection> taken = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            taken.add(take());
        }
        closed = true;
        for (ReadConnection connection : taken) {
            connection.close();
            idle.add(connection);
        }
    }
}
