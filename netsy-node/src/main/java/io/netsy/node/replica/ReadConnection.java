package io.netsy.node.replica;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.node.replica.ReplicaUnusableException.Reason;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection that reads, with every statement prepared once. For one thread at a time. */
final class ReadConnection implements AutoCloseable {
    private static final int MANY = 64;
    private static final int SOME = 8;
    private static final int CACHE_KIB = 4096;
    private static final String COLUMNS = "id, key, create_revision, version, lease, checksum, value";

    /** Every revision up to an id, in the columns that {@link #verified} reads. */
    static final String ROWS_TO = "SELECT " + COLUMNS + " FROM revision WHERE id <= ? ORDER BY id";

    private final Path file;
    private final Connection connection;
    private final RowChecksum checksum = new RowChecksum();
    private final PreparedStatement begin;
    private final PreparedStatement end;
    private final ValueQuery one;
    private final ValueQuery some;
    private final ValueQuery many;
    private final PreparedStatement rows;
    private final PreparedStatement keys;

    ReadConnection(Path file) throws SQLException {
        this.file = file;
        this.connection = Sqlite.connect(file);
        Sqlite.execute(connection, "PRAGMA query_only = ON", "PRAGMA cache_size = -" + CACHE_KIB);
        this.begin = connection.prepareStatement("BEGIN");
        this.end = connection.prepareStatement("COMMIT");
        this.one = valuesOf(1);
        this.some = valuesOf(SOME);
        this.many = valuesOf(MANY);
        this.rows = connection.prepareStatement(
                "SELECT " + COLUMNS + " FROM revision WHERE id BETWEEN ? AND ? ORDER BY id");
        this.keys = connection.prepareStatement(
                "SELECT id, key FROM revision WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?");
    }

    private ValueQuery valuesOf(int count) throws SQLException {
        String places = "?" + ", ?".repeat(count - 1);
        return new ValueQuery(
                connection.prepareStatement("SELECT id, checksum, value FROM revision WHERE id IN (" + places + ")"),
                count);
    }

    /**
     * Reads values in one read transaction.
     *
     * @param ids ascending
     * @param found receives the values in the same places; those of missing rows stay as they are
     */
    void values(long[] ids, @Nullable Bytes[] found) throws SQLException, ReplicaUnusableException {
        if (ids.length <= MANY) {
            query(ids.length == 1 ? one : ids.length <= SOME ? some : many, ids, 0, found);
            return;
        }
        begin.execute();
        try {
            for (int at = 0; at < ids.length; at += MANY) {
                query(many, ids, at, found);
            }
        } finally {
            end.execute();
        }
    }

    /** A query for the values of a fixed number of ids. */
    private record ValueQuery(PreparedStatement statement, int places) {}

    private void query(ValueQuery query, long[] ids, int from, @Nullable Bytes[] found)
            throws SQLException, ReplicaUnusableException {
        int to = Math.min(from + query.places, ids.length);
        for (int i = 0; i < query.places; i++) {
            query.statement.setLong(i + 1, ids[Math.min(from + i, to - 1)]);
        }
        try (ResultSet row = query.statement.executeQuery()) {
            while (row.next()) {
                long id = row.getLong(1);
                Bytes value = bytes(row, 3);
                if (!checksum.valueMatches(row.getLong(2), value)) {
                    throw damaged(file, id);
                }
                found[Arrays.binarySearch(ids, from, to, id)] = value;
            }
        }
    }

    /**
     * Reads whole revisions in one read transaction, in order of id, until they are {@code maxBytes} or more.
     *
     * @return whether there may be more of them
     */
    boolean rows(long fromId, long toId, long maxBytes, Consumer<StoredRevision> into)
            throws SQLException, ReplicaUnusableException {
        rows.setLong(1, fromId);
        rows.setLong(2, toId);
        long bytes = 0;
        try (ResultSet row = rows.executeQuery()) {
            while (row.next()) {
                StoredRevision revision = verified(row, checksum, file);
                into.accept(revision);
                bytes += revision.key().length() + revision.value().length() + Long.BYTES * 8L;
                if (bytes >= maxBytes) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The revision in the current row, which must match its checksum. */
    static StoredRevision verified(ResultSet row, RowChecksum checksum, Path file)
            throws SQLException, ReplicaUnusableException {
        StoredRevision revision = new StoredRevision(
                row.getLong(1), bytes(row, 2), bytes(row, 7), row.getLong(3), row.getLong(4), row.getLong(5));
        if (checksum.of(revision) != row.getLong(6)) {
            throw damaged(file, revision.revisionId());
        }
        return revision;
    }

    private static ReplicaUnusableException damaged(Path file, long id) {
        return new ReplicaUnusableException(
                file,
                Reason.CORRUPT,
                "the row of revision %d/%d does not match its checksum"
                        .formatted(RevisionId.main(id), RevisionId.sub(id)),
                null);
    }

    /**
     * Reads keys of revisions in order of id, at most {@code limit}.
     *
     * @return the last id read, or {@code toId} when there are no more
     */
    long keys(long fromId, long toId, int limit, List<Bytes> into) throws SQLException {
        keys.setLong(1, fromId);
        keys.setLong(2, toId);
        keys.setInt(3, limit);
        long last = toId;
        int count = 0;
        try (ResultSet row = keys.executeQuery()) {
            while (row.next()) {
                last = row.getLong(1);
                into.add(bytes(row, 2));
                count++;
            }
        }
        return count < limit ? toId : last;
    }

    private static Bytes bytes(ResultSet row, int column) throws SQLException {
        byte[] bytes = row.getBytes(column);
        return bytes == null ? Bytes.EMPTY : Bytes.wrap(bytes);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
