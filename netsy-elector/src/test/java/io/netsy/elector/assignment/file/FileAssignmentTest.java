package io.netsy.elector.assignment.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netsy.elector.assignment.Assignment;
import io.netsy.elector.assignment.AssignmentBoard;
import io.netsy.elector.assignment.ElectorAssignment;
import io.netsy.elector.assignment.testkit.AssignmentContract;
import io.netsy.elector.assignment.testkit.TestEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** The contract on a real file, and what is a file's own. The slow reading shows that changes are seen by the watch. */
class FileAssignmentTest extends AssignmentContract {
    private static final Duration SLOW = Duration.ofMinutes(10);

    @TempDir
    private Path folder;

    private Duration rereadEvery = SLOW;

    private Path file() {
        return folder.resolve("elector");
    }

    @Override
    protected ElectorAssignment make(String node) {
        return new FileAssignment(file(), node, rereadEvery, TestEnvironment.real());
    }

    private void replace(String content) throws IOException {
        Path next = Files.writeString(folder.resolve("next"), content);
        Files.move(next, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    protected void appoint(String node, ElectorAssignment source) throws IOException {
        replace(node + "\n");
    }

    @Override
    protected void cut(String node) throws IOException {
        Files.delete(file());
    }

    @Override
    protected void mend(String node) throws IOException {
        replace(node);
    }

    private static void awaitUnknown(ElectorAssignment source, String reason) {
        await().atMost(LIMIT)
                .until(() -> source.current() instanceof Assignment.Unknown unknown
                        && unknown.reason().contains(reason));
    }

    @Test
    void eachReplacementIsSeenAtOnce() throws Exception {
        ElectorAssignment a = open("a");
        for (String node : new String[] {"b", "a", "c", "a"}) {
            replace(node);
            awaitHolder(a, node);
        }
        assertThat(a.current().isSelf()).isTrue();
    }

    @Test
    void aLinkThatChangesItsTargetIsSeenAsTheKubeletMakesThem() throws Exception {
        for (String version : new String[] {"..1", "..2"}) {
            Files.createDirectory(folder.resolve(version));
        }
        Files.writeString(folder.resolve("..1/elector"), "a");
        Files.writeString(folder.resolve("..2/elector"), "b");
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
        Files.createSymbolicLink(file(), Path.of("..data/elector"));
        ElectorAssignment a = open("a");
        awaitSelf(a);

        Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..2"));
        Files.move(folder.resolve("..data_tmp"), folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

        awaitHolder(a, "b");
    }

    @Test
    void withoutAFolderItIsReadFromTimeToTimeUntilThereIsOne() throws Exception {
        rereadEvery = Duration.ofMillis(50);
        Path later = folder.resolve("later/elector");
        try (ElectorAssignment a = new FileAssignment(later, "a", rereadEvery, TestEnvironment.real())) {
            a.start();
            awaitUnknown(a, "there is no such file");
            Files.createDirectory(folder.resolve("later"));
            Files.writeString(later, "a");
            awaitSelf(a);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"' '|it is empty", "'a\nb'|more than one line", "LONG|more than 1024 bytes"})
    void whatIsNoNameNamesNobody(String content, String reason) throws Exception {
        replace("a");
        ElectorAssignment a = open("a");
        awaitSelf(a);

        replace(content.equals("LONG") ? "x".repeat(1025) : content);

        awaitUnknown(a, reason);
    }

    @Test
    void whatIsNotUtf8NamesNobody() throws Exception {
        Files.write(file(), new byte[] {(byte) 0xc3, 0x28});

        awaitUnknown(open("a"), "not UTF-8");
    }

    @Test
    void aFolderInItsPlaceCantBeRead() throws Exception {
        Files.createDirectory(file());

        awaitUnknown(open("a"), "can't be read");
    }

    @Test
    void aMissingFileIsLoggedOnceHoweverOftenItIsLookedFor() throws Exception {
        rereadEvery = Duration.ofMillis(20);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(AssignmentBoard.class);
        lines.start();
        logger.addAppender(lines);
        try {
            ElectorAssignment a = open("a");
            awaitUnknown(a, "there is no such file");
            await().pollDelay(Duration.ofMillis(300)).until(() -> true);
            replace("a");
            awaitSelf(a);
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list.stream().filter(line -> line.getLevel().equals(Level.WARN)))
                .hasSize(1)
                .first()
                .asString()
                .contains(file().toString());
    }
}
