package io.netsy.node.replica;

import io.netsy.node.replica.ReplicaLoader.Loaded;
import io.netsy.node.replica.ReplicaUnusableException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a replica's file.
 *
 * <ol>
 *   <li>Make the tables when the file is new; else make sure of format, cluster and disk.
 *   <li>Small files: have SQLite check the structure of all pages. Large ones are checked as far as the next step reads
 *       them, so that the time to start is bounded by it: every page of the key index' rows, each row's checksum, the
 *       order and the number of rows. Values are verified whenever they are read.
 *   <li>Read the state.
 *   <li>Write SQLite's log back, so that all of it is durable.
 * </ol>
 */
final class ReplicaOpener {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaOpener.class);
    private static final int WRITER_CACHE_KIB = 16384;

    private final ReplicaConfig config;
    private final Path file;

    private ReplicaOpener(ReplicaConfig config) {
        this.config = config;
        this.file = config.file();
    }

    /** An open file and what it holds. */
    record Opened(WriterConnection connection, Loaded loaded, HealthMonitor health) {}

    static Opened open(ReplicaConfig config, Consumer<ReplicaHealth> healthListener) throws IOException {
        HealthMonitor health = new HealthMonitor(config.file(), healthListener);
        ReplicaOpener opener = new ReplicaOpener(config);
        try {
            Files.createDirectories(
                    config.file().toAbsolutePath().resolveSibling(".").normalize());
            Connection connection = Sqlite.connect(config.file());
            try {
                return opener.open(connection, health);
            } catch (SQLException | IOException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw Sqlite.asIoException(config.file(), e);
        }
    }

    private Opened open(Connection connection, HealthMonitor health) throws SQLException, IOException {
        if (ReplicaSchema.isNew(connection)) {
            ReplicaSchema.create(connection, config.identity());
        }
        ReplicaSchema.verify(connection, config);
        configure(connection);
        if (Files.size(file) <= config.limits().fullCheckBytes()) {
            checkStructure(connection);
        }
        Loaded loaded = new ReplicaLoader(connection, file).load();
        WriterConnection writer = new WriterConnection(connection);
        writer.checkpointAndTruncate();
        LOG.info(
                "replica opened file={} position=\"{}\" revision={} compact_revision={} rows={} keys={} unpurged={}",
                file,
                loaded.meta().position(),
                loaded.meta().revision(),
                loaded.meta().compactRevision(),
                loaded.meta().rowCount(),
                loaded.state().keys().size(),
                loaded.leftovers().size());
        return new Opened(writer, loaded, health);
    }

    private void configure(Connection connection) throws SQLException {
        Sqlite.execute(
                connection,
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = NORMAL",
                "PRAGMA wal_autocheckpoint = 0",
                "PRAGMA journal_size_limit = " + config.limits().walBytes(),
                "PRAGMA cell_size_check = ON",
                "PRAGMA cache_size = -" + WRITER_CACHE_KIB);
    }

    private void checkStructure(Connection connection) throws SQLException, ReplicaUnusableException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA quick_check(1)")) {
            result.next();
            String verdict = result.getString(1);
            if (!"ok".equals(verdict)) {
                throw new ReplicaUnusableException(file, Reason.CORRUPT, verdict, null);
            }
        }
    }
}
