package io.netsy.node.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of a compaction go physically, and a purge that was cut short changes nothing that can be seen. */
class PurgeTest {
    @TempDir
    Path directory;

    private ReplicaFixture fixture(long seed, int keys) throws IOException {
        return fixture(new RandomLog(seed, keys, 100));
    }

    private ReplicaFixture fixture(RandomLog log) throws IOException {
        return new ReplicaFixture(directory.resolve("replica.db"), log, ReplicaFixture.LIMITS);
    }

    private static void compact(ReplicaFixture fixture, long revision) {
        fixture.commit(fixture.log.add(new Entry.Compaction(revision)));
    }

    private static void awaitPurged(ReplicaFixture fixture) throws Exception {
        fixture.replica.purged(fixture.log.state().compactRevision()).get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void exactlyWhatCompactionsTookIsDeleted(long seed) throws Exception {
        try (ReplicaFixture fixture = fixture(seed, 60)) {
            fixture.attach();
            for (int round = 0; round < 4; round++) {
                fixture.commitNext(300);
                compact(fixture, fixture.log.state().revision() - 20L * round);
                awaitPurged(fixture);

                assertThat(fixture.scanAll()).isEqualTo(fixture.expectedAfterPurge());
            }
            assertThat(RandomLog.describe(fixture.owned))
                    .isEqualTo(RandomLog.describe(RandomLog.purged(fixture.log.state(), id -> {})));
        }
    }

    @Test
    void aTombstoneOfTheCompactedRevisionStaysUntilTheNextCompaction() throws Exception {
        try (ReplicaFixture fixture = fixture(6, 1)) {
            fixture.attach();
            fixture.commit(fixture.log.add(fixture.log.putEntry("/a", 10)));
            Bytes key = Bytes.utf8("/a");
            fixture.commit(fixture.log.add(new Entry.Transaction(3, List.of(new Change.Delete(key)))));
            compact(fixture, 3);
            awaitPurged(fixture);
            assertThat(fixture.scanAll()).hasSize(1);

            fixture.commit(fixture.log.add(fixture.log.putEntry("/b", 10)));
            compact(fixture, 4);
            awaitPurged(fixture);

            assertThat(fixture.scanAll())
                    .extracting(row -> row.key().toString())
                    .containsExactly("/b");
        }
    }

    @Test
    void theOwnerIsAskedInSlicesOfDistinctKeys() throws Exception {
        try (ReplicaFixture fixture = fixture(7, 1)) {
            List<List<Bytes>> slices = new ArrayList<>();
            fixture.replica.attach((revision, keys) -> {
                slices.add(keys);
                return fixture.prune(revision, keys);
            });
            for (int i = 0; i < 5000; i++) {
                fixture.commit(fixture.log.add(fixture.log.putEntry("/k" + i % 2500, 10)));
            }
            compact(fixture, fixture.log.state().revision());
            awaitPurged(fixture);

            assertThat(slices)
                    .allSatisfy(keys -> assertThat(keys).hasSizeBetween(1, 1000).doesNotHaveDuplicates());
            HashSet<Bytes> asked = new HashSet<>();
            slices.forEach(asked::addAll);
            assertThat(asked).hasSize(2500);
            assertThat(fixture.scanAll()).hasSize(2500);
        }
    }

    @Test
    void theWitnessSeesEverythingBeforeAPurgeTakesFromIt() throws Exception {
        try (ReplicaFixture fixture = fixture(9, 20)) {
            List<Integer> seen = new ArrayList<>();
            fixture.replica.showPurges((revision, pace) -> {
                pace.rest();
                seen.add(fixture.scanAll().size());
            });
            fixture.attach();
            fixture.commitNext(300);
            int all = fixture.scanAll().size();
            compact(fixture, fixture.log.state().revision());
            awaitPurged(fixture);

            assertThat(seen).containsExactly(all);
            assertThat(fixture.scanAll()).hasSizeLessThan(all);
        }
    }

    @Test
    void aWitnessThatFailsHasThePurgeTriedAgain() throws Exception {
        try (ReplicaFixture fixture = fixture(10, 20)) {
            int[] calls = {0};
            fixture.replica.showPurges((revision, pace) -> {
                if (calls[0]++ == 0) {
                    throw new UncheckedIOException(new IOException("disk"));
                }
            });
            fixture.attach();
            fixture.commitNext(300);
            compact(fixture, fixture.log.state().revision());
            awaitPurged(fixture);

            assertThat(calls[0]).isEqualTo(2);
        }
    }

    @Test
    void theNextPurgeReadsOnlyWhatChangedSince() throws Exception {
        try (ReplicaFixture fixture = fixture(8, 1)) {
            List<Bytes> asked = new ArrayList<>();
            fixture.replica.attach((revision, keys) -> {
                asked.addAll(keys);
                return fixture.prune(revision, keys);
            });
            for (int i = 0; i < 100; i++) {
                fixture.commit(fixture.log.add(fixture.log.putEntry("/k" + i, 10)));
            }
            compact(fixture, fixture.log.state().revision());
            awaitPurged(fixture);
            asked.clear();
            fixture.commit(fixture.log.add(fixture.log.putEntry("/k5", 10)));
            compact(fixture, fixture.log.state().revision());
            awaitPurged(fixture);

            assertThat(asked).extracting(Bytes::toString).containsExactly("/k99", "/k5");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5})
    void aPurgeCutShortLeavesTheStateAsIfItHadFinished(int slicesDone) throws Exception {
        try (ReplicaFixture fixture = fixture(9, 1)) {
            for (int i = 0; i < 12_000; i++) {
                String key = "/k" + (i < 3000 ? i : i % 4000);
                fixture.commit(fixture.log.add(
                        i % 5 == 4 && fixture.log.state().live(Bytes.utf8(key)) != null
                                ? new Entry.Transaction(
                                        fixture.log.state().revision() + 1, List.of(new Change.Delete(Bytes.utf8(key))))
                                : fixture.log.putEntry(key, 10)));
            }
            compact(fixture, fixture.log.state().revision() - 100);
            CompletableFuture<Void> cut = new CompletableFuture<>();
            int[] slice = {0};
            fixture.replica.attach((revision, keys) -> {
                if (slice[0]++ < slicesDone) {
                    return fixture.prune(revision, keys);
                }
                cut.complete(null);
                return new CompletableFuture<>();
            });
            cut.get(20, TimeUnit.SECONDS);
            fixture.reopen();

            assertThat(RandomLog.describe(fixture.loaded))
                    .isEqualTo(RandomLog.describe(RandomLog.purged(fixture.log.state(), id -> {})));
            awaitPurged(fixture);
            assertThat(fixture.scanAll()).isEqualTo(fixture.expectedAfterPurge());
        }
    }

    @Test
    void anOwnerThatFailsIsAskedAgain() throws Exception {
        try (ReplicaFixture fixture = fixture(10, 20)) {
            int[] calls = {0};
            fixture.replica.attach((revision, keys) -> calls[0]++ == 0
                    ? CompletableFuture.failedFuture(new CancellationException("the term ended"))
                    : fixture.prune(revision, keys));
            fixture.commitNext(200);
            compact(fixture, fixture.log.state().revision());
            awaitPurged(fixture);

            assertThat(calls[0]).isGreaterThan(1);
            assertThat(fixture.scanAll()).isEqualTo(fixture.expectedAfterPurge());
        }
    }

    @Test
    void rowsStayReadableForTheConfiguredTime() throws Exception {
        ReplicaLimits patient = ReplicaFixture.LIMITS.withPurgeDelay(Duration.ofHours(1));
        try (ReplicaFixture fixture =
                new ReplicaFixture(directory.resolve("replica.db"), new RandomLog(11, 5, 10), patient)) {
            fixture.attach();
            fixture.commitNext(100);
            compact(fixture, fixture.log.state().revision());
            fixture.awaitApplied();

            assertThat(fixture.replica.purged(fixture.log.state().compactRevision()))
                    .isNotDone();
            assertThat(fixture.scanAll()).hasSize(fixture.log.revisions().size());
        }
    }

    @Test
    void spaceIsGivenBack() throws Exception {
        try (ReplicaFixture fixture = fixture(new RandomLog(12, 1, 1))) {
            fixture.attach();
            for (int i = 0; i < 4000; i++) {
                fixture.commit(fixture.log.add(fixture.log.putEntry("/k" + i % 10, 10_000)));
            }
            fixture.awaitApplied();
            long full = fixture.replica.sizeBytes();
            assertThat(full).isGreaterThan(40_000_000);
            compact(fixture, fixture.log.state().revision());
            awaitPurged(fixture);
            assertThat(fixture.replica.sizeInUseBytes()).isLessThan(1_000_000);
            await().until(() -> fixture.replica.sizeBytes() < 20_000_000);

            fixture.replica.defragment().get(20, TimeUnit.SECONDS);

            assertThat(fixture.replica.sizeBytes()).isLessThan(1_000_000);
            await().until(() -> directory.resolve("replica.db").toFile().length() < 1_000_000);
            assertThat(fixture.scanAll()).isEqualTo(fixture.expectedAfterPurge());
        }
    }

    @Test
    void whoWaitsForAPurgeIsToldWhenTheReplicaCloses() throws Exception {
        ReplicaFixture fixture = fixture(13, 5);
        CompletableFuture<Void> never = fixture.replica.purged(99);
        fixture.close();

        assertThat(never).isCompletedExceptionally();
        assertThat(fixture.replica.purged(100)).isCompletedExceptionally();
    }
}
