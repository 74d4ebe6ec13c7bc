package io.netsy.node.replica;

import io.netsy.node.replica.ReplicaUnusableException.Reason;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.RevisionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Verifies a replica's file that no node has open, and changes nothing: that it is a replica of a known format, SQLite's
 * own structure, every row's checksum with its value, the order and the number of rows. For one thread.
 */
public final class ReplicaCheck {
    private static final int ROWS_BETWEEN_REPORTS = 4096;

    private final Path file;
    private final Progress progress;

    private ReplicaCheck(Path file, Progress progress) {
        this.file = file;
        this.progress = progress;
    }

    /** Is told how many rows of how many were verified. */
    @FunctionalInterface
    public interface Progress {
        void verified(long rows, long ofRows);
    }

    /** What a sound file says of itself. */
    public record Found(
            ReplicaIdentity identity, LogPosition position, long revision, long compactRevision, long rowCount) {}

    /**
     * Reads all of the file.
     *
     * @throws ReplicaUnusableException when it is no sound replica
     * @throws IOException when it can't be read
     */
    public static Found run(Path file, Progress progress) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString());
        }
        Path sharedIndex = file.resolveSibling(file.getFileName() + "-shm");
        boolean hadSharedIndex = Files.exists(sharedIndex);
        try (Connection connection = Sqlite.connectToRead(file)) {
            return new ReplicaCheck(file, progress).run(connection);
        } catch (SQLException e) {
            throw Sqlite.asIoException(file, e);
        } catch (IllegalArgumentException e) {
            throw new ReplicaUnusableException(file, Reason.CORRUPT, String.valueOf(e.getMessage()), e);
        } finally {
            if (!hadSharedIndex) {
                Files.deleteIfExists(sharedIndex);
            }
        }
    }

    private Found run(Connection connection) throws SQLException, ReplicaUnusableException {
        ReplicaIdentity identity = ReplicaSchema.verifyFormat(connection, file);
        verifyStructure(connection);
        ReplicaMeta meta = ReplicaSchema.readMeta(connection);
        verifyRows(connection, meta);
        return new Found(identity, meta.position(), meta.revision(), meta.compactRevision(), meta.rowCount());
    }

    private void verifyStructure(Connection connection) throws SQLException, ReplicaUnusableException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA integrity_check(1)")) {
            result.next();
            String verdict = result.getString(1);
            if (!"ok".equals(verdict)) {
                throw damaged(verdict.lines().findFirst().orElse(""));
            }
        }
    }

    private void verifyRows(Connection connection, ReplicaMeta meta) throws SQLException, ReplicaUnusableException {
        RowChecksum checksum = new RowChecksum();
        long count = 0;
        long last = 0;
        try (PreparedStatement rows = connection.prepareStatement(ReadConnection.ROWS_TO)) {
            rows.setLong(1, Long.MAX_VALUE);
            try (ResultSet row = rows.executeQuery()) {
                while (row.next()) {
                    last = ReadConnection.verified(row, checksum, file).revisionId();
                    if (++count % ROWS_BETWEEN_REPORTS == 0) {
                        progress.verified(count, meta.rowCount());
                    }
                }
            }
        }
        progress.verified(count, meta.rowCount());
        if (count != meta.rowCount() || RevisionId.main(last) > meta.revision()) {
            throw damaged("it has %d rows up to revision %d, its meta row says %d rows and revision %d"
                    .formatted(count, RevisionId.main(last), meta.rowCount(), meta.revision()));
        }
    }

    private ReplicaUnusableException damaged(String detail) {
        return new ReplicaUnusableException(file, Reason.CORRUPT, detail, null);
    }
}
