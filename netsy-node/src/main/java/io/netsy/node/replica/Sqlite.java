package io.netsy.node.replica;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** How this package talks to SQLite: connections with their settings, and what its errors mean. */
final class Sqlite {
    private static final int BUSY_TIMEOUT_MILLIS = 5000;
    private static final int PRIMARY_CODE_MASK = 0xff;

    private Sqlite() {}

    /** Work that may fail in SQLite. */
    @FunctionalInterface
    interface Work<R> {
        R run() throws SQLException;
    }

    /** Loads the driver and SQLite itself; the first connection would otherwise wait for it. */
    static void load() throws SQLException {
        new SQLiteConfig().createConnection("jdbc:sqlite::memory:").close();
    }

    /** Opens a connection; the file is made when there is none. */
    static Connection connect(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setGetGeneratedKeys(false);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        return config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
    }

    /**
     * Opens a connection that changes nothing in the file, which must exist. A log that a crash left beside it is read
     * with it; without one SQLite is told that nobody writes, so that it makes no files of its own.
     */
    static Connection connectToRead(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setGetGeneratedKeys(false);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        File log = new File(file.toAbsolutePath() + "-wal");
        String options = log.length() > 0 ? "?mode=ro" : "?mode=ro&immutable=1";
        return config.createConnection(
                "jdbc:sqlite:file:" + file.toAbsolutePath().toUri().getRawPath() + options);
    }

    /** Runs statements that answer nothing of interest. */
    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first column of the first row. */
    static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }

    /** The first column of the first row. */
    static long number(PreparedStatement query) throws SQLException {
        try (ResultSet result = query.executeQuery()) {
            result.next();
            return result.getLong(1);
        }
    }

    /** Runs the work in a transaction, which is rolled back when the work fails. */
    static <R> R inTransaction(Connection connection, String begin, Work<R> work) throws SQLException {
        execute(connection, begin);
        try {
            R result = work.run();
            execute(connection, "COMMIT");
            return result;
        } catch (SQLException | RuntimeException e) {
            rollBack(connection, e);
            throw e;
        }
    }

    private static void rollBack(Connection connection, Exception cause) {
        try {
            execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            // SQLite rolls back by itself after some errors and then has no transaction left.
            cause.addSuppressed(e);
        }
    }

    /** Whether the file itself is damaged, so that trying again can't help. A failed fsync counts: nobody knows what it lost. */
    static boolean isDamage(SQLException e) {
        SQLiteErrorCode code = codeOf(e);
        return switch (primary(code)) {
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_SCHEMA, SQLITE_ERROR -> true;
            default ->
                code == SQLiteErrorCode.SQLITE_IOERR_FSYNC
                        || code == SQLiteErrorCode.SQLITE_IOERR_SHORT_READ
                        || code == SQLiteErrorCode.SQLITE_IOERR_CORRUPTFS
                        || code == SQLiteErrorCode.SQLITE_IOERR_DATA;
        };
    }

    private static SQLiteErrorCode codeOf(SQLException e) {
        return e instanceof SQLiteException sqlite ? sqlite.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
    }

    private static SQLiteErrorCode primary(SQLiteErrorCode code) {
        return code.code < 0 ? code : SQLiteErrorCode.getErrorCode(code.code & PRIMARY_CODE_MASK);
    }

    /** The error as a fault of reading this file. */
    static IOException asIoException(Path file, SQLException e) {
        if (isDamage(e)) {
            return new ReplicaUnusableException(
                    file, ReplicaUnusableException.Reason.CORRUPT, String.valueOf(e.getMessage()), e);
        }
        return new IOException("replica %s: %s".formatted(file, e.getMessage()), e);
    }
}
