package io.netsy.node.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.node.replica.ReplicaUnusableException.Reason;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a replica does on a disk that is full, read-only, damaged or somebody else's. */
class ReplicaFaultTest {
    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("replica.db");
    }

    private ReplicaFixture fixture(long seed) throws IOException {
        return new ReplicaFixture(file(), new RandomLog(seed, 40, 1500), ReplicaFixture.LIMITS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"max_page_count = 40|max_page_count = 1073741823", "query_only = ON|query_only = OFF"})
    void aDiskThatRefusesWritesStopsApplyingAndNothingElse(String fault) throws Exception {
        String begin = "PRAGMA " + fault.substring(0, fault.indexOf('|'));
        String end = "PRAGMA " + fault.substring(fault.indexOf('|') + 1);
        try (ReplicaFixture fixture = fixture(1)) {
            fixture.replica
                    .writer()
                    .submit(connection -> connection.execute(begin))
                    .get();
            fixture.commitNext(800);
            await().until(() -> fixture.replica.health() instanceof ReplicaHealth.Stalled);

            assertThat(fixture.scanAll())
                    .containsExactlyElementsOf(fixture.log.revisions().values());
            fixture.commitNext(100);
            assertThat(fixture.scanAll())
                    .containsExactlyElementsOf(fixture.log.revisions().values());
            assertThat(fixture.replica.applied().index()).isZero();

            var _ = fixture.replica.writer().submit(connection -> connection.execute(end));
            fixture.awaitApplied();
            assertThat(fixture.replica.health()).isEqualTo(new ReplicaHealth.Healthy());
            assertThat(fixture.healthChanges).hasSize(2);
            fixture.reopen();
            assertThat(RandomLog.describe(fixture.loaded))
                    .isEqualTo(RandomLog.describe(RandomLog.purged(fixture.log.state(), id -> {})));
        }
    }

    @Test
    void aReplicaThatClosesWhileItsDiskIsFullKeepsWhatWasApplied() throws Exception {
        RandomLog log = new RandomLog(2, 40, 1500);
        ReplicaFixture fixture = new ReplicaFixture(file(), log, ReplicaFixture.LIMITS);
        fixture.commitNext(50);
        fixture.awaitApplied();
        List<String> applied = RandomLog.describe(RandomLog.purged(log.state(), id -> {}));
        fixture.replica
                .writer()
                .submit(connection -> connection.execute("PRAGMA query_only = ON"))
                .get();
        fixture.commitNext(50);
        await().until(() -> fixture.replica.health() instanceof ReplicaHealth.Stalled);
        fixture.close();

        OpenedReplica opened = Replica.open(fixture.config, health -> {});
        opened.replica().close();
        assertThat(opened.position().index()).isEqualTo(50);
        assertThat(RandomLog.describe(opened.state())).isEqualTo(applied);
    }

    /** Whatever bit is flipped: the replica says that it is damaged, or everything that is read from it is right. */
    @Test
    void aFlippedBitIsNeverReadAsData() throws IOException {
        byte[] whole = closedReplica(3);
        Random random = new Random(3);
        int found = 0;
        for (int i = 0; i < 600; i++) {
            byte[] flipped = whole.clone();
            int at = i < 100 ? i : random.nextInt(whole.length);
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            found += readsRightOrFails(flipped, "byte " + at) ? 1 : 0;
        }
        assertThat(found).as("flips that were found").isGreaterThan(100);
    }

    @Test
    void aTruncatedFileIsNeverReadAsData() throws IOException {
        byte[] whole = closedReplica(4);
        Random random = new Random(4);
        for (int i = 0; i < 60; i++) {
            int length = i < 20 ? whole.length - 16384 * (i + 1) : random.nextInt(1, whole.length);
            if (length > 0) {
                assertThat(readsRightOrFails(Arrays.copyOf(whole, length), "cut to " + length))
                        .isTrue();
            }
        }
    }

    private final List<String> expectedState = new ArrayList<>();
    private List<StoredRevision> expectedRows = List.of();

    /** The bytes of a replica that holds some history. */
    private byte[] closedReplica(long seed) throws IOException {
        ReplicaFixture fixture = fixture(seed);
        fixture.attach();
        fixture.commitNext(400);
        fixture.awaitApplied();
        await().until(() -> fixture.scanAll().equals(fixture.expectedAfterPurge()));
        fixture.close();
        expectedState.addAll(RandomLog.describe(RandomLog.purged(fixture.log.state(), id -> {})));
        expectedRows = fixture.expectedAfterPurge();
        return Files.readAllBytes(file());
    }

    /** Answers whether the damage was found. */
    private boolean readsRightOrFails(byte[] content, String what) throws IOException {
        Replica.delete(file());
        Files.write(file(), content);
        ReplicaConfig config = new ReplicaConfig(file(), ReplicaFixture.IDENTITY, ReplicaFixture.LIMITS);
        List<ReplicaHealth> health = new ArrayList<>();
        OpenedReplica opened;
        try {
            opened = Replica.open(config, health::add);
        } catch (ReplicaUnusableException e) {
            assertThat(e).as(what).hasMessageContaining(file().toString());
            return true;
        }
        try (Replica replica = opened.replica()) {
            assertThat(RandomLog.describe(opened.state())).as(what).isEqualTo(expectedState);
            List<StoredRevision> rows = new ArrayList<>();
            replica.scan(1, Long.MAX_VALUE, rows::add);
            assertThat(rows).as(what).isEqualTo(expectedRows);
            return false;
        } catch (UncheckedIOException e) {
            assertThat(e).as(what).hasCauseInstanceOf(ReplicaUnusableException.class);
            assertThat(health).as(what).hasAtLeastOneElementOfType(ReplicaHealth.Failed.class);
            return true;
        }
    }

    @Test
    void aFileOfAnotherClusterIsRefused() throws IOException {
        fixture(5).close();
        ReplicaIdentity other = new ReplicaIdentity(new UUID(9, 9), ReplicaFixture.IDENTITY.diskId());

        assertRefused(other, Reason.OTHER_CLUSTER, "this node serves " + other.clusterId());
    }

    @Test
    void aFileOfAnotherDiskIsRefused() throws IOException {
        fixture(6).close();
        ReplicaIdentity other = new ReplicaIdentity(ReplicaFixture.IDENTITY.clusterId(), new UUID(9, 9));

        assertRefused(other, Reason.OTHER_DISK, "this directory is " + other.diskId());
    }

    @Test
    void aFileOfANewerFormatIsRefused() throws Exception {
        fixture(7).close();
        alter("PRAGMA user_version = 4");

        assertRefused(ReplicaFixture.IDENTITY, Reason.NEWER_FORMAT, "format version 4, this netsy knows 3");
    }

    @Test
    void aFileOfAnOlderFormatIsRefused() throws Exception {
        fixture(7).close();
        alter("PRAGMA user_version = 2");

        assertRefused(ReplicaFixture.IDENTITY, Reason.OLDER_FORMAT, "format version 2, this netsy knows 3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE auth SET body = x'00' || substr(body, 2) WHERE kind = 0|does not match its checksum",
                "DELETE FROM auth WHERE kind = 0|whether auth is on is missing",
                "UPDATE auth SET name = x'41' WHERE kind = 1|does not match its checksum"
            })
    void aDamagedAuthRowIsFound(String damage) throws Exception {
        ReplicaFixture fixture = fixture(10);
        fixture.commit(fixture.log.add(new Entry.AuthChange(
                2,
                true,
                Entry.AuthChange.Changed.put(
                        List.of(new AuthUser(AuthUser.ROOT, Bytes.utf8("hash"), false, List.of(AuthRole.ROOT)))),
                Entry.AuthChange.Changed.nothing())));
        fixture.close();
        alter(damage.substring(0, damage.lastIndexOf('|')));

        assertRefused(ReplicaFixture.IDENTITY, Reason.CORRUPT, damage.substring(damage.lastIndexOf('|') + 1));
    }

    @Test
    void anotherDatabaseIsRefused() throws Exception {
        alter("CREATE TABLE t(a)");

        assertRefused(ReplicaFixture.IDENTITY, Reason.CORRUPT, "it is no replica");
    }

    @Test
    void aFileThatIsNoDatabaseIsRefused() throws Exception {
        Files.writeString(file(), "something else entirely".repeat(1000));

        assertRefused(ReplicaFixture.IDENTITY, Reason.CORRUPT, "not a database");
    }

    @Test
    void aRowThatIsMissingIsFound() throws Exception {
        ReplicaFixture fixture = fixture(8);
        fixture.commitNext(50);
        fixture.close();
        alter("DELETE FROM revision WHERE id = (SELECT max(id) FROM revision)");

        assertRefused(ReplicaFixture.IDENTITY, Reason.CORRUPT, "its meta row says");
    }

    private void alter(String sql) throws Exception {
        try (Connection connection = Sqlite.connect(file())) {
            Sqlite.execute(connection, sql);
        }
    }

    private void assertRefused(ReplicaIdentity identity, Reason reason, String detail) {
        ReplicaConfig config = new ReplicaConfig(file(), identity, ReplicaFixture.LIMITS);
        assertThatThrownBy(() -> Replica.open(config, health -> {}))
                .isInstanceOfSatisfying(
                        ReplicaUnusableException.class,
                        e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContaining(file().toString())
                .hasMessageContaining(detail)
                .hasMessageContaining("built anew from the bucket");
    }

    @Test
    void aDeletedReplicaBeginsAnew() throws IOException {
        Files.writeString(file(), "damage");
        Replica.delete(file());
        try (ReplicaFixture fixture = fixture(9)) {
            assertThat(fixture.replica.applied().index()).isZero();
        }
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamed() throws IOException {
        Path blocked = Files.writeString(directory.resolve("blocked"), "");
        ReplicaConfig config =
                new ReplicaConfig(blocked.resolve("replica.db"), ReplicaFixture.IDENTITY, ReplicaFixture.LIMITS);

        assertThatThrownBy(() -> Replica.open(config, health -> {}))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(ReplicaUnusableException.class)
                .hasMessageContaining("blocked");
    }
}
