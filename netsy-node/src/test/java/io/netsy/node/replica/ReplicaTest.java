package io.netsy.node.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.RevisionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a replica promises its node while nothing goes wrong. */
class ReplicaTest {
    @TempDir
    Path directory;

    private ReplicaFixture fixture(long seed) throws IOException {
        return new ReplicaFixture(
                directory.resolve("replica.db"), new RandomLog(seed, 40, 3000), ReplicaFixture.LIMITS);
    }

    @Test
    void aNewReplicaIsEmpty() throws IOException {
        try (ReplicaFixture fixture = fixture(1)) {
            assertThat(RandomLog.describe(fixture.loaded)).isEqualTo(RandomLog.describe(fixture.log.state()));
            assertThat(fixture.replica.applied()).isEqualTo(LogPosition.START);
            assertThat(fixture.replica.sizeBytes()).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theStateAfterReopeningIsTheStateBefore(long seed) throws IOException {
        Random random = new Random(seed);
        try (ReplicaFixture fixture = fixture(seed)) {
            for (int round = 0; round < 5; round++) {
                for (int i = 0; i < 40; i++) {
                    fixture.commitNext(random.nextInt(1, 12));
                }
                if (random.nextBoolean()) {
                    fixture.attach();
                }
                fixture.reopen();

                assertThat(RandomLog.describe(fixture.loaded))
                        .isEqualTo(RandomLog.describe(RandomLog.purged(fixture.log.state(), id -> {})));
            }
        }
    }

    @Test
    void everyValueIsReadableFromTheMomentItIsStaged() throws IOException {
        try (ReplicaFixture fixture = fixture(11)) {
            List<Entry> entries = fixture.log.next(300);
            entries.forEach(fixture.replica::stage);

            assertValuesAreRight(fixture);
            fixture.replica.commit(fixture.log.position(), entries);
            assertValuesAreRight(fixture);
            fixture.awaitApplied();
            assertValuesAreRight(fixture);
            fixture.reopen();
            await().until(() -> fixture.scanAll().equals(fixture.expectedAfterPurge()));
            assertValuesAreRight(fixture, fixture.expectedAfterPurge());
        }
    }

    private static void assertValuesAreRight(ReplicaFixture fixture) {
        assertValuesAreRight(fixture, fixture.log.revisions().values());
    }

    private static void assertValuesAreRight(ReplicaFixture fixture, Collection<StoredRevision> all) {
        List<StoredRevision> expected = new ArrayList<>(all);
        expected.removeIf(row -> row.version() == 0);
        Collections.shuffle(expected, new Random(5));
        long[] ids = expected.stream().mapToLong(StoredRevision::revisionId).toArray();

        assertThat(fixture.replica.values(ids))
                .containsExactlyElementsOf(
                        expected.stream().map(StoredRevision::value).toList());
        assertThat(fixture.replica.revision(ids[0])).isEqualTo(expected.getFirst());
        assertThat(fixture.scanAll()).containsExactlyElementsOf(all);
    }

    @Test
    void aValueThatWasAppliedLatelyIsInMemory() throws IOException {
        try (ReplicaFixture fixture = fixture(12)) {
            fixture.commit(fixture.log.add(fixture.log.putEntry("/a", 100)));
            StoredRevision row = fixture.log.revisions().lastEntry().getValue();
            assertThat(fixture.replica.cachedValue(row.revisionId())).isEqualTo(row.value());
            fixture.awaitApplied();

            assertThat(fixture.replica.cachedValue(row.revisionId())).isEqualTo(row.value());
        }
    }

    @Test
    void aColdValueIsInMemoryOnceItWasRead() throws IOException {
        try (ReplicaFixture fixture = fixture(13)) {
            fixture.commit(fixture.log.add(fixture.log.putEntry("/a", 100)));
            StoredRevision row = fixture.log.revisions().lastEntry().getValue();
            fixture.reopen();
            assertThat(fixture.replica.cachedValue(row.revisionId())).isNull();

            assertThat(fixture.replica.values(new long[] {row.revisionId()})).containsExactly(row.value());
            assertThat(fixture.replica.cachedValue(row.revisionId())).isEqualTo(row.value());
        }
    }

    @Test
    void aRevisionThatIsNotThereIsNull() throws IOException {
        try (ReplicaFixture fixture = fixture(14)) {
            fixture.commit(fixture.log.add(fixture.log.putEntry("/a", 100)));
            fixture.awaitApplied();
            StoredRevision there = fixture.log.revisions().lastEntry().getValue();
            long gone = RevisionId.pack(77, 3);

            assertThat(fixture.replica.values(new long[] {gone, there.revisionId(), gone}))
                    .containsExactly(null, there.value(), null);
            assertThat(fixture.replica.revision(gone)).isNull();
            assertThat(fixture.replica.cachedValue(gone)).isNull();
        }
    }

    @Test
    void whatIsDiscardedIsGoneAndItsRevisionsAreFree() throws IOException {
        try (ReplicaFixture fixture = fixture(15)) {
            fixture.commit(fixture.log.add(fixture.log.putEntry("/a", 100)));
            Entry dropped = fixture.log.putEntry("/b", 100);
            Entry kept = fixture.log.putEntry("/c", 200);
            long id = RevisionId.pack(fixture.log.state().revision() + 1, 0);
            fixture.replica.stage(dropped);
            assertThat(fixture.replica.cachedValue(id)).isNotNull();

            fixture.replica.discardStaged();

            assertThat(fixture.replica.cachedValue(id)).isNull();
            assertThat(fixture.replica.values(new long[] {id})).containsExactly((Bytes) null);
            fixture.commit(fixture.log.add(kept));
            fixture.awaitApplied();
            assertValuesAreRight(fixture);
        }
    }

    @Test
    void committingOtherEntriesThanTheNextOnesIsRefused() throws IOException {
        try (ReplicaFixture fixture = fixture(16)) {
            List<Entry> entries = fixture.log.add(fixture.log.putEntry("/a", 10));
            LogPosition tooFar = new LogPosition(1, 2, 0);

            assertThatThrownBy(() -> fixture.replica.commit(tooFar, entries))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 entries up to term 1 index 2");
            fixture.replica.stage(
                    new Entry.Transaction(9, List.of(new io.netsy.replication.model.Change.Delete(Bytes.utf8("/x")))));
            assertThatThrownBy(() -> fixture.replica.commit(fixture.log.position(), entries))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("revision 2 committed");
        }
    }

    @Test
    void aScanStopsWhenTheVisitorHasEnough() throws IOException {
        try (ReplicaFixture fixture = fixture(17)) {
            fixture.commitNext(50);
            List<StoredRevision> found = new ArrayList<>();
            List<StoredRevision> all = List.copyOf(fixture.log.revisions().values());

            fixture.replica.scan(all.get(3).revisionId(), all.get(20).revisionId(), row -> {
                found.add(row);
                return found.size() < 5;
            });
            assertThat(found).isEqualTo(all.subList(3, 8));
            found.clear();
            fixture.replica.scan(all.get(3).revisionId(), all.get(20).revisionId(), found::add);
            assertThat(found).isEqualTo(all.subList(3, 21));
        }
    }

    @Test
    void aScanWhileEntriesAreAppliedMissesNothing() throws Exception {
        try (ReplicaFixture fixture = new ReplicaFixture(
                directory.resolve("replica.db"), new RandomLog(18, 400, 20), ReplicaFixture.LIMITS)) {
            Thread feeder = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 3000; i++) {
                    synchronized (fixture.log) {
                        fixture.commit(fixture.log.add(fixture.log.putEntry("/k" + i % 400, 20)));
                    }
                }
            });
            while (feeder.isAlive()) {
                List<StoredRevision> expected;
                synchronized (fixture.log) {
                    expected = List.copyOf(fixture.log.revisions().values());
                }
                if (!expected.isEmpty()) {
                    List<StoredRevision> found = new ArrayList<>();
                    fixture.replica.scan(1, expected.getLast().revisionId(), found::add);
                    assertThat(found).isEqualTo(expected);
                }
            }
            feeder.join();
        }
    }

    @Test
    void theBacklogHoldsTheSequencerBackAtItsLimit() throws Exception {
        ReplicaLimits small = ReplicaFixture.LIMITS.withBacklogBytes(1 << 20);
        try (ReplicaFixture fixture =
                new ReplicaFixture(directory.resolve("replica.db"), new RandomLog(19, 10, 10), small)) {
            fixture.replica
                    .writer()
                    .submit(connection -> connection.execute("PRAGMA query_only = ON"))
                    .get();
            while (fixture.replica.awaitRoom(Duration.ZERO)) {
                fixture.commit(fixture.log.add(fixture.log.putEntry("/a", 100_000)));
            }
            assertThat(fixture.replica.backlogBytes()).isBetween(1L << 20, (1L << 20) + 101_000);
            assertThat(fixture.replica.sizeBytes()).isGreaterThan(1 << 20);
        }
    }

    @Test
    void durableReachesAppliedAtAQuietMoment() throws IOException {
        ReplicaLimits small = ReplicaFixture.LIMITS.withWalBytes(1 << 20);
        try (ReplicaFixture fixture =
                new ReplicaFixture(directory.resolve("replica.db"), new RandomLog(20, 10, 10), small)) {
            for (int i = 0; i < 100; i++) {
                fixture.commit(fixture.log.add(fixture.log.putEntry("/a", 10_000)));
            }
            await().until(() -> fixture.replica.durable().equals(fixture.log.position()));
        }
    }

    @Test
    void readsAfterCloseFail() throws IOException {
        ReplicaFixture fixture = fixture(21);
        fixture.commitNext(10);
        fixture.close();

        assertThatThrownBy(() -> fixture.replica.values(new long[] {RevisionId.pack(2, 0)}))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("is closed");
    }
}
