package io.netsy.node.replica;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.state.Alarm;
import io.netsy.etcd.state.AuthState;
import io.netsy.etcd.state.LeaseRecord;
import io.netsy.etcd.state.MemberState;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A consistent view of everything in a replica's file, in one read transaction: what snapshots and exports are written
 * from. For one thread.
 */
public final class ReplicaExport implements AutoCloseable {
    private final Path file;
    private final Connection connection;
    private final ReplicaMeta meta;
    private final RowChecksum checksum = new RowChecksum();

    private ReplicaExport(Path file, Connection connection, ReplicaMeta meta) {
        this.file = file;
        this.connection = connection;
        this.meta = meta;
    }

    /** Sees a stored revision. */
    @FunctionalInterface
    public interface RowVisitor {
        /** Is given the row and what {@link RowChecksum} says of it, which was verified. */
        void visit(StoredRevision row, long rowChecksum) throws IOException;
    }

    static ReplicaExport open(Path file) throws IOException {
        try {
            Connection connection = Sqlite.connect(file);
            try {
                Sqlite.execute(connection, "PRAGMA query_only = ON", "BEGIN");
                return new ReplicaExport(file, connection, ReplicaSchema.readMeta(connection));
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw Sqlite.asIoException(file, e);
        }
    }

    /** The last applied entry. */
    public LogPosition position() {
        return meta.position();
    }

    /** The store revision there. */
    public long revision() {
        return meta.revision();
    }

    /** The newest compaction there; -1 when there was none. */
    public long compactRevision() {
        return meta.compactRevision();
    }

    /** How many revisions {@link #visitRows} visits. */
    public long rowCount() {
        return meta.rowCount();
    }

    /** All leases by ascending id. */
    public List<LeaseRecord> leases() throws IOException {
        return query(
                "SELECT id, ttl, remaining FROM lease ORDER BY id",
                row -> new LeaseRecord(row.getLong(1), row.getLong(2), row.getLong(3)));
    }

    /** All alarms that stand. */
    public List<Alarm> alarms() throws IOException {
        return query(
                "SELECT type, member_id FROM alarm ORDER BY type, member_id",
                row -> new Alarm(row.getInt(1), row.getLong(2)));
    }

    /**
     * Users and roles.
     *
     * @throws ReplicaUnusableException when a row does not match its checksum
     */
    public AuthState auth() throws IOException {
        try {
            return AuthTable.read(connection);
        } catch (SQLException e) {
            throw Sqlite.asIoException(file, e);
        } catch (DamagedRowException e) {
            throw new ReplicaUnusableException(
                    file, ReplicaUnusableException.Reason.CORRUPT, String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Who the cluster is.
     *
     * @throws ReplicaUnusableException when a row does not match its checksum
     */
    public MemberState members() throws IOException {
        try {
            return MemberTable.read(connection);
        } catch (SQLException e) {
            throw Sqlite.asIoException(file, e);
        } catch (DamagedRowException e) {
            throw new ReplicaUnusableException(
                    file, ReplicaUnusableException.Reason.CORRUPT, String.valueOf(e.getMessage()), e);
        }
    }

    @FunctionalInterface
    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(String sql, RowReader<T> reader) throws IOException {
        List<T> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                found.add(reader.read(row));
            }
            return found;
        } catch (SQLException e) {
            throw Sqlite.asIoException(file, e);
        }
    }

    /**
     * Visits every stored revision by ascending id: all live keys and all history, and what a purge has not come to yet.
     *
     * @throws ReplicaUnusableException when a row does not match its checksum
     */
    public void visitRows(RowVisitor visitor) throws IOException {
        visitRowsTo(Long.MAX_VALUE, visitor);
    }

    /** {@link #visitRows}, but for those of greater ids than {@code lastId}. */
    void visitRowsTo(long lastId, RowVisitor visitor) throws IOException {
        try (PreparedStatement statement = connection.prepareStatement(ReadConnection.ROWS_TO)) {
            statement.setLong(1, lastId);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    visitor.visit(ReadConnection.verified(row, checksum, file), row.getLong(6));
                }
            }
        } catch (SQLException e) {
            throw Sqlite.asIoException(file, e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw Sqlite.asIoException(file, e);
        }
    }
}
