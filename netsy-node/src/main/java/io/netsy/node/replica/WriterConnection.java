package io.netsy.node.replica;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.state.Alarm;
import io.netsy.etcd.state.LeaseRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The connection that writes, with every statement prepared once. For one thread. */
final class WriterConnection implements AutoCloseable {
    private static final String INSERT_REVISION =
            "INSERT INTO revision(id, key, create_revision, version, lease, checksum, value) VALUES (?, ?, ?, ?, ?, ?,"
                    + " ?)";

    private final Connection connection;
    private final RowChecksum checksum = new RowChecksum();
    private final PreparedStatement insertRevision;
    private final PreparedStatement deleteRevision;
    private final PreparedStatement putLease;
    private final PreparedStatement setRemaining;
    private final PreparedStatement deleteLease;
    private final PreparedStatement insertAlarm;
    private final PreparedStatement deleteAlarm;
    private final AuthTable auth;
    private final MemberTable members;
    private final PreparedStatement updateMeta;
    private final PreparedStatement pageCount;
    private final PreparedStatement freePageCount;

    /** Takes the connection over; its tables must be there. */
    WriterConnection(Connection connection) throws SQLException {
        this.connection = connection;
        this.insertRevision = connection.prepareStatement(INSERT_REVISION);
        this.deleteRevision = connection.prepareStatement("DELETE FROM revision WHERE id = ?");
        this.putLease =
                connection.prepareStatement("INSERT OR REPLACE INTO lease(id, ttl, remaining) VALUES (?, ?, ?)");
        this.setRemaining = connection.prepareStatement("UPDATE lease SET remaining = ? WHERE id = ?");
        this.deleteLease = connection.prepareStatement("DELETE FROM lease WHERE id = ?");
        this.insertAlarm = connection.prepareStatement("INSERT OR IGNORE INTO alarm(type, member_id) VALUES (?, ?)");
        this.deleteAlarm = connection.prepareStatement("DELETE FROM alarm WHERE type = ? AND member_id = ?");
        this.auth = new AuthTable(connection);
        this.members = new MemberTable(connection);
        this.updateMeta = connection.prepareStatement("UPDATE meta SET term = ?, log_index = ?, log_checksum = ?,"
                + " revision = ?, compact_revision = ?, purged_revision = ?, row_count = ? WHERE id = 1");
        this.pageCount = connection.prepareStatement("PRAGMA page_count");
        this.freePageCount = connection.prepareStatement("PRAGMA freelist_count");
    }

    /** What a checkpoint of SQLite's write-ahead log came to, in pages. */
    record Checkpoint(long walPages, long writtenBack) {
        /** Everything in the log has been flushed and written back. */
        boolean isComplete() {
            return walPages >= 0 && walPages == writtenBack;
        }
    }

    <R> R inTransaction(Sqlite.Work<R> work) throws SQLException {
        try {
            return Sqlite.inTransaction(connection, "BEGIN IMMEDIATE", work);
        } finally {
            insertRevision.clearBatch();
            deleteRevision.clearBatch();
        }
    }

    /** Adds a row to the batch that {@link #insertGathered} writes. */
    void gather(StoredRevision row) throws SQLException {
        gather(row, checksum.of(row));
    }

    /** Adds a row whose checksum is known. */
    void gather(StoredRevision row, long rowChecksum) throws SQLException {
        insertRevision.setLong(1, row.revisionId());
        insertRevision.setBytes(2, row.key().array());
        insertRevision.setLong(3, row.createRevision());
        insertRevision.setLong(4, row.version());
        insertRevision.setLong(5, row.leaseId());
        insertRevision.setLong(6, rowChecksum);
        insertRevision.setBytes(7, row.value().array());
        insertRevision.addBatch();
    }

    void insertGathered() throws SQLException {
        insertRevision.executeBatch();
    }

    /** Deletes the rows that are there; answers how many were. */
    int deleteRevisions(long[] ids, int from, int to) throws SQLException {
        for (int i = from; i < to; i++) {
            deleteRevision.setLong(1, ids[i]);
            deleteRevision.addBatch();
        }
        int deleted = 0;
        for (int count : deleteRevision.executeBatch()) {
            deleted += count;
        }
        return deleted;
    }

    void putLease(LeaseRecord lease) throws SQLException {
        putLease.setLong(1, lease.id());
        putLease.setLong(2, lease.ttlSeconds());
        putLease.setLong(3, lease.remainingSeconds());
        putLease.executeUpdate();
    }

    void setRemaining(long leaseId, long remainingSeconds) throws SQLException {
        setRemaining.setLong(1, remainingSeconds);
        setRemaining.setLong(2, leaseId);
        setRemaining.executeUpdate();
    }

    void deleteLease(long leaseId) throws SQLException {
        deleteLease.setLong(1, leaseId);
        deleteLease.executeUpdate();
    }

    void setAlarm(Alarm alarm, boolean active) throws SQLException {
        PreparedStatement statement = active ? insertAlarm : deleteAlarm;
        statement.setInt(1, alarm.type());
        statement.setLong(2, alarm.memberId());
        statement.executeUpdate();
    }

    MemberTable members() {
        return members;
    }

    AuthTable auth() {
        return auth;
    }

    void writeMeta(ReplicaMeta meta) throws SQLException {
        updateMeta.setLong(1, meta.position().term());
        updateMeta.setLong(2, meta.position().index());
        updateMeta.setInt(3, meta.position().checksum());
        updateMeta.setLong(4, meta.revision());
        updateMeta.setLong(5, meta.compactRevision());
        updateMeta.setLong(6, meta.purgedRevision());
        updateMeta.setLong(7, meta.rowCount());
        updateMeta.executeUpdate();
    }

    long pageCount() throws SQLException {
        return Sqlite.number(pageCount);
    }

    long freePageCount() throws SQLException {
        return Sqlite.number(freePageCount);
    }

    /** Takes free pages off the end of the file, moving others there; answers how many are left. */
    long vacuum(int pages) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // The pragma takes one page per step; executeUpdate, unlike execute, steps to the end.
            statement.executeUpdate("PRAGMA incremental_vacuum(" + pages + ")");
        }
        return freePageCount();
    }

    /** Flushes SQLite's write-ahead log and writes it back as far as readers allow, without waiting for them. */
    Checkpoint checkpoint() throws SQLException {
        return checkpoint("PASSIVE");
    }

    /** The same, and then cuts the log to nothing; waits for readers for the busy timeout. */
    Checkpoint checkpointAndTruncate() throws SQLException {
        return checkpoint("TRUNCATE");
    }

    private Checkpoint checkpoint(String mode) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
            result.next();
            return new Checkpoint(result.getLong(2), result.getLong(3));
        }
    }

    /** Runs a statement as it is. */
    void execute(String sql) throws SQLException {
        Sqlite.execute(connection, sql);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
