package io.netsy.node.replica;

import io.netsy.etcd.state.AuthState;
import io.netsy.node.replica.ReplicaUnusableException.Reason;
import io.netsy.replication.model.LogPosition;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/** The tables of a replica's file and the row in which it says whose it is; {@code design/FORMATS.md} has the meaning. */
final class ReplicaSchema {
    /** "NSYR", in the file's header. */
    static final int APPLICATION_ID = 0x4e535952;

    static final int FORMAT_VERSION = 3;

    /**
     * Measured with rows of 0.5 to 3 KiB: against pages of 4 KiB, 16 KiB take half the CPU per inserted row and a
     * quarter of that of a checkpoint, and waste less of the page; 32 KiB gain nothing more.
     */
    static final int PAGE_BYTES = 16384;

    private static final String META = """
        CREATE TABLE meta(
          id INTEGER PRIMARY KEY CHECK (id = 1),
          cluster_id TEXT NOT NULL,
          disk_id TEXT NOT NULL,
          term INTEGER NOT NULL,
          log_index INTEGER NOT NULL,
          log_checksum INTEGER NOT NULL,
          revision INTEGER NOT NULL,
          compact_revision INTEGER NOT NULL,
          purged_revision INTEGER NOT NULL,
          row_count INTEGER NOT NULL)
        """;
    private static final String REVISION = """
        CREATE TABLE revision(
          id INTEGER PRIMARY KEY,
          key BLOB NOT NULL,
          create_revision INTEGER NOT NULL,
          version INTEGER NOT NULL,
          lease INTEGER NOT NULL,
          checksum INTEGER NOT NULL,
          value BLOB)
        """;
    private static final String LEASE = """
        CREATE TABLE lease(
          id INTEGER PRIMARY KEY,
          ttl INTEGER NOT NULL,
          remaining INTEGER NOT NULL)
        """;
    private static final String ALARM = """
        CREATE TABLE alarm(
          type INTEGER NOT NULL,
          member_id INTEGER NOT NULL,
          PRIMARY KEY (type, member_id)) WITHOUT ROWID
        """;

    private ReplicaSchema() {}

    /** Makes the tables of a new, empty file. */
    static void create(Connection connection, ReplicaIdentity identity) throws SQLException {
        Sqlite.execute(connection, "PRAGMA page_size = " + PAGE_BYTES, "PRAGMA auto_vacuum = INCREMENTAL");
        Sqlite.inTransaction(connection, "BEGIN EXCLUSIVE", () -> {
            Sqlite.execute(connection, META, REVISION, LEASE, ALARM, AuthTable.SCHEMA, MemberTable.SCHEMA);
            new AuthTable(connection).write(AuthState.EMPTY);
            insertMeta(connection, identity);
            Sqlite.execute(
                    connection, "PRAGMA application_id = " + APPLICATION_ID, "PRAGMA user_version = " + FORMAT_VERSION);
            return identity;
        });
    }

    private static void insertMeta(Connection connection, ReplicaIdentity identity) throws SQLException {
        ReplicaMeta start = ReplicaMeta.START;
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO meta VALUES (1, ?, ?, 0, 0, 0, ?, ?, ?, 0)")) {
            insert.setString(1, identity.clusterId().toString());
            insert.setString(2, identity.diskId().toString());
            insert.setLong(3, start.revision());
            insert.setLong(4, start.compactRevision());
            insert.setLong(5, start.purgedRevision());
            insert.executeUpdate();
        }
    }

    /** Whether the file has no tables at all: nobody has written to it. */
    static boolean isNew(Connection connection) throws SQLException {
        return Sqlite.number(connection, "SELECT count(*) FROM sqlite_schema") == 0;
    }

    /** Makes sure that this is a replica, of a format this version knows, of this cluster and disk. */
    static void verify(Connection connection, ReplicaConfig config) throws SQLException, ReplicaUnusableException {
        verifyOwner(verifyFormat(connection, config.file()), config);
    }

    /** Makes sure that this is a replica, of a format this version knows, and answers whose. */
    static ReplicaIdentity verifyFormat(Connection connection, Path file)
            throws SQLException, ReplicaUnusableException {
        long application = Sqlite.number(connection, "PRAGMA application_id");
        if (application != APPLICATION_ID) {
            throw new ReplicaUnusableException(
                    file, Reason.CORRUPT, "it is no replica: application id %08x".formatted(application), null);
        }
        long format = Sqlite.number(connection, "PRAGMA user_version");
        if (format != FORMAT_VERSION) {
            throw new ReplicaUnusableException(
                    file,
                    format > FORMAT_VERSION ? Reason.NEWER_FORMAT : Reason.OLDER_FORMAT,
                    "format version %d, this netsy knows %d".formatted(format, FORMAT_VERSION),
                    null);
        }
        return readIdentity(connection, file);
    }

    private static void verifyOwner(ReplicaIdentity found, ReplicaConfig config) throws ReplicaUnusableException {
        ReplicaIdentity expected = config.identity();
        if (!found.clusterId().equals(expected.clusterId())) {
            throw new ReplicaUnusableException(
                    config.file(),
                    Reason.OTHER_CLUSTER,
                    "cluster %s, this node serves %s".formatted(found.clusterId(), expected.clusterId()),
                    null);
        }
        if (!found.diskId().equals(expected.diskId())) {
            throw new ReplicaUnusableException(
                    config.file(),
                    Reason.OTHER_DISK,
                    "disk %s, this directory is %s".formatted(found.diskId(), expected.diskId()),
                    null);
        }
    }

    private static ReplicaIdentity readIdentity(Connection connection, Path file)
            throws SQLException, ReplicaUnusableException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT cluster_id, disk_id FROM meta WHERE id = 1")) {
            if (!row.next()) {
                throw new ReplicaUnusableException(file, Reason.CORRUPT, "its meta row is missing", null);
            }
            return new ReplicaIdentity(UUID.fromString(row.getString(1)), UUID.fromString(row.getString(2)));
        } catch (IllegalArgumentException e) {
            throw new ReplicaUnusableException(file, Reason.CORRUPT, "its meta row makes no sense: " + e, e);
        }
    }

    static ReplicaMeta readMeta(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT term, log_index, log_checksum, revision,"
                        + " compact_revision, purged_revision, row_count FROM meta WHERE id = 1")) {
            row.next();
            LogPosition position = new LogPosition(row.getLong(1), row.getLong(2), row.getInt(3));
            return new ReplicaMeta(position, row.getLong(4), row.getLong(5), row.getLong(6), row.getLong(7));
        }
    }
}
