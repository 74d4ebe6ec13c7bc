package io.netsy.node.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A check sees all that a node would see, tells what is wrong with it, and changes no file. */
class ReplicaCheckTest {
    @TempDir
    Path directory;

    private ReplicaFixture fixture(String name) throws IOException {
        Files.createDirectories(directory.resolve(name));
        return new ReplicaFixture(
                directory.resolve(name).resolve("replica.db"), new RandomLog(5, 40, 3000), ReplicaFixture.LIMITS);
    }

    private static List<String> listing(Path folder) throws IOException {
        List<String> listing = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                listing.add(file.getFileName() + " " + Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return listing;
    }

    @Test
    void aClosedFileIsReadAndLeftAlone() throws IOException {
        ReplicaFixture fixture = fixture("a b%20?c");
        fixture.commitNext(300);
        fixture.close();
        Path folder = directory.resolve("a b%20?c");
        List<String> before = listing(folder);
        List<Long> reported = new ArrayList<>();

        ReplicaCheck.Found found = ReplicaCheck.run(fixture.config.file(), (rows, of) -> reported.add(rows));

        assertThat(found.identity()).isEqualTo(ReplicaFixture.IDENTITY);
        assertThat(found.position()).isEqualTo(fixture.log.position());
        assertThat(found.revision()).isEqualTo(fixture.log.state().revision());
        assertThat(reported).last().isEqualTo(found.rowCount());
        assertThat(listing(folder)).isEqualTo(before);
    }

    /** What a kill leaves: rows that stand in SQLite's log alone. */
    @Test
    void aLogThatACrashLeftIsReadWithTheFile() throws IOException {
        Path copy = Files.createDirectories(directory.resolve("copy"));
        try (ReplicaFixture fixture = fixture("live")) {
            fixture.commitNext(300);
            fixture.awaitApplied();
            for (String suffix : List.of("", "-wal")) {
                Path file = Path.of(fixture.config.file() + suffix);
                Files.copy(file, copy.resolve(file.getFileName().toString()));
            }
            assertThat(Files.size(copy.resolve("replica.db-wal"))).isPositive();
            List<String> before = listing(copy);

            ReplicaCheck.Found found = ReplicaCheck.run(copy.resolve("replica.db"), (rows, of) -> {});

            assertThat(found.position()).isEqualTo(fixture.log.position());
            assertThat(listing(copy)).isEqualTo(before);
        }
    }

    @Test
    void rowsThatWereTamperedWithAreFound() throws Exception {
        ReplicaFixture fixture = fixture("x");
        fixture.commitNext(300);
        fixture.close();

        change(fixture, "UPDATE meta SET row_count = row_count + 1");
        assertUnusable(fixture, "rows up to revision");
        change(fixture, "UPDATE meta SET row_count = row_count - 1");
        change(fixture, "UPDATE meta SET log_index = -1");
        assertUnusable(fixture, "position of term");
        change(fixture, "UPDATE meta SET log_index = 300");
        change(
                fixture,
                "UPDATE revision SET value = x'00' WHERE id = (SELECT max(id) FROM revision WHERE value NOT NULL)");
        assertUnusable(fixture, "does not match its checksum");
    }

    private static void change(ReplicaFixture fixture, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + fixture.config.file());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void assertUnusable(ReplicaFixture fixture, String reason) {
        assertThatThrownBy(() -> ReplicaCheck.run(fixture.config.file(), (rows, of) -> {}))
                .isInstanceOf(ReplicaUnusableException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aFileThatIsNotThereIsNotMade() {
        Path absent = directory.resolve("absent.db");

        assertThatThrownBy(() -> ReplicaCheck.run(absent, (rows, of) -> {})).isInstanceOf(NoSuchFileException.class);
        assertThat(absent).doesNotExist();
    }
}
