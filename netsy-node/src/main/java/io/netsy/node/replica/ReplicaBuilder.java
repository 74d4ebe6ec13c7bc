package io.netsy.node.replica;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.state.Alarm;
import io.netsy.etcd.state.AuthState;
import io.netsy.etcd.state.LeaseRecord;
import io.netsy.etcd.state.MemberState;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Fills a new replica's file in bulk, from a snapshot. The file has another name until {@link #finish}, so a crash
 * leaves nothing that could be taken for a replica. For one thread.
 */
public final class ReplicaBuilder implements AutoCloseable {
    private static final int ROWS_PER_BATCH = 1024;
    private static final int CACHE_KIB = 8192;

    private final Path file;
    private final Path unfinished;
    private final Connection connection;
    private final WriterConnection writer;
    private final RowChecksum checksum = new RowChecksum();
    private long rowCount;
    private long lastId;
    private boolean finished;

    private ReplicaBuilder(Path file, Path unfinished, Connection connection) throws SQLException {
        this.file = file;
        this.unfinished = unfinished;
        this.connection = connection;
        this.writer = new WriterConnection(connection);
    }

    /** Begins a file for this cluster and disk; {@link #finish} puts it in the place of what is there. */
    public static ReplicaBuilder create(Path file, ReplicaIdentity identity) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        try {
            Files.createDirectories(directoryOf(file));
            Replica.delete(unfinished);
            Connection connection = Sqlite.connect(unfinished);
            ReplicaSchema.create(connection, identity);
            Sqlite.execute(
                    connection,
                    "PRAGMA journal_mode = OFF",
                    "PRAGMA synchronous = OFF",
                    "PRAGMA locking_mode = EXCLUSIVE",
                    "PRAGMA cache_size = -" + CACHE_KIB,
                    "BEGIN");
            return new ReplicaBuilder(file, unfinished, connection);
        } catch (SQLException e) {
            throw Sqlite.asIoException(unfinished, e);
        }
    }

    /**
     * Adds a revision; ids ascend.
     *
     * @param rowChecksum what the row must match
     */
    public void add(StoredRevision row, long rowChecksum) throws IOException {
        if (row.revisionId() <= lastId || checksum.of(row) != rowChecksum) {
            throw new IOException("row %d after row %d: out of order, or not matching its checksum"
                    .formatted(row.revisionId(), lastId));
        }
        lastId = row.revisionId();
        try {
            writer.gather(row, rowChecksum);
            if (++rowCount % ROWS_PER_BATCH == 0) {
                writer.insertGathered();
            }
        } catch (SQLException e) {
            throw Sqlite.asIoException(unfinished, e);
        }
    }

    public void add(LeaseRecord lease) throws IOException {
        try {
            writer.putLease(lease);
        } catch (SQLException e) {
            throw Sqlite.asIoException(unfinished, e);
        }
    }

    public void add(Alarm alarm) throws IOException {
        try {
            writer.setAlarm(alarm, true);
        } catch (SQLException e) {
            throw Sqlite.asIoException(unfinished, e);
        }
    }

    public void add(AuthState auth) throws IOException {
        try {
            writer.auth().write(auth);
        } catch (SQLException e) {
            throw Sqlite.asIoException(unfinished, e);
        }
    }

    public void add(MemberState members) throws IOException {
        try {
            writer.members().write(members);
        } catch (SQLException e) {
            throw Sqlite.asIoException(unfinished, e);
        }
    }

    /** Writes the rest, flushes the file and gives it its name. */
    public void finish(LogPosition position, long revision, long compactRevision) throws IOException {
        try {
            writer.insertGathered();
            writer.writeMeta(new ReplicaMeta(position, revision, compactRevision, -1, rowCount));
            Sqlite.execute(connection, "COMMIT");
            connection.close();
        } catch (SQLException e) {
            throw Sqlite.asIoException(unfinished, e);
        }
        flush(unfinished);
        Replica.delete(file);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        flush(directoryOf(file));
        finished = true;
    }

    private static Path directoryOf(Path file) {
        return file.toAbsolutePath().resolveSibling(".").normalize();
    }

    private static void flush(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Deletes what was not finished. */
    @Override
    public void close() throws IOException {
        if (!finished) {
            try {
                connection.close();
            } catch (SQLException e) {
                throw Sqlite.asIoException(unfinished, e);
            } finally {
                Replica.delete(unfinished);
            }
        }
    }
}
