package io.netsy.node.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed leaves a replica that stands at some entry, with exactly the state after it. */
class ReplicaCrashTest {
    private static final long SEED = 77;

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("replica.db");
    }

    /** Brings a log to an index. */
    static void advance(RandomLog log, long index) {
        while (log.position().index() < index) {
            log.next(1);
        }
    }

    @Test
    void killedAgainAndAgainItAlwaysStandsAtAnEntry() throws Exception {
        Random random = new Random(SEED);
        long before = 0;
        for (int round = 0; round < 6; round++) {
            runAndKill(random.nextInt(200, 1500));
            long index = assertStandsAtAnEntry();
            // A short round may end before a transaction does, but what the last opening saw stays.
            assertThat(index).isGreaterThanOrEqualTo(before);
            before = index;
        }
        assertThat(before).isPositive();
    }

    @Test
    void aDamagedTailOfSqlitesLogCostsEntriesOrTheReplicaButIsNeverServed() throws Exception {
        Random random = new Random(SEED + 1);
        for (int round = 0; round < 4; round++) {
            runAndKill(random.nextInt(300, 800));
            Path wal = directory.resolve("replica.db-wal");
            byte[] bytes = Files.readAllBytes(wal);
            if (bytes.length > 0) {
                bytes[random.nextInt(bytes.length)] ^= 4;
                Files.write(wal, bytes);
                Files.deleteIfExists(directory.resolve("replica.db-shm"));
            }
            assertStandsAtAnEntryOrIsFoundDamaged();
        }
    }

    /** Where the kill met a checkpoint half way, the file needs the part of the log that was lost. */
    private void assertStandsAtAnEntryOrIsFoundDamaged() throws IOException {
        try {
            assertStandsAtAnEntry();
        } catch (ReplicaUnusableException e) {
            assertThat(e.reason()).isEqualTo(ReplicaUnusableException.Reason.CORRUPT);
            Replica.delete(file());
        }
    }

    private void runAndKill(int millis) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashedReplica.class.getName(),
                        file().toString(),
                        Long.toString(SEED))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            String line = output.readLine();
            while (line != null && !line.equals("running")) {
                line = output.readLine();
            }
            assertThat(line).isEqualTo("running");
            assertThat(process.waitFor(millis, TimeUnit.MILLISECONDS)).isFalse();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private long assertStandsAtAnEntry() throws IOException {
        OpenedReplica opened =
                Replica.open(new ReplicaConfig(file(), ReplicaFixture.IDENTITY, ReplicaFixture.LIMITS), health -> {});
        try (Replica replica = opened.replica()) {
            RandomLog log = new RandomLog(SEED, 200, 1000);
            advance(log, opened.position().index());
            NavigableMap<Long, StoredRevision> left = new TreeMap<>(log.revisions());
            List<String> expected = RandomLog.describe(RandomLog.purged(log.state(), left::remove));

            assertThat(opened.position()).isEqualTo(log.position());
            assertThat(RandomLog.describe(opened.state())).isEqualTo(expected);
            assertThat(replica.purged(log.state().compactRevision())).succeedsWithin(20, TimeUnit.SECONDS);
            List<StoredRevision> rows = new ArrayList<>();
            replica.scan(1, Long.MAX_VALUE, rows::add);
            assertThat(rows).containsExactlyElementsOf(left.values());
            return opened.position().index();
        }
    }
}
