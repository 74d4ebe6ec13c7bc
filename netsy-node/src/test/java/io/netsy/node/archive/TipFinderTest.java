package io.netsy.node.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netsy.node.clock.SystemClock;
import io.netsy.node.replica.Replica;
import io.netsy.node.replica.ReplicaConfig;
import io.netsy.node.replica.ReplicaIdentity;
import io.netsy.node.replica.ReplicaLimits;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.Chunk;
import io.netsy.replication.model.LogPosition;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of the chain, found by one who holds nothing of it. */
class TipFinderTest {
    private static final Instant MUCH_LATER = Instant.parse("2100-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private LogFixture log;
    private final List<Chunk> written = new ArrayList<>();

    @BeforeEach
    void open() {
        log = new LogFixture(folder.resolve("store"));
    }

    private TipFinder finder() {
        return new TipFinder(log.archive, new SnapshotVerifier(log.store, LogFixture.CLUSTER), Runnable::run);
    }

    private Chunk write() {
        Chunk chunk = log.write(1, 600);
        written.add(chunk);
        return chunk;
    }

    private void startTerm(long term) {
        written.add(log.startTerm(term));
    }

    /** Takes a snapshot of all that was written, and deletes what it covers. */
    private void snapshotAndRetention() throws Exception {
        ReplicaConfig config = new ReplicaConfig(
                folder.resolve(UUID.randomUUID() + ".db"),
                new ReplicaIdentity(LogFixture.CLUSTER, new UUID(5, 6)),
                ReplicaLimits.DEFAULT.withCacheBytes(1 << 20));
        try (Replica replica = Replica.open(config, health -> {}).replica()) {
            for (Chunk chunk : written) {
                for (Frame frame : chunk.frames()) {
                    replica.commit(frame.end(), frame.entries());
                }
            }
            await().until(() -> replica.applied().equals(log.tip));
            new SnapshotArchive(log.store, LogFixture.CLUSTER, folder.resolve("tmp"), SystemClock.wall())
                    .take(replica, position -> {});
        }
        new LogRetention(log.store, log.archive, Duration.ofDays(1)).run(log.tip.index(), MUCH_LATER, floor -> true);
    }

    @Test
    void anEmptyLogEndsWhereItBegins() throws DamagedObjectException {
        assertThat(finder().find(null)).isEqualTo(LogPosition.START);
    }

    @Test
    void theChainIsWalkedToItsEndHoweverItGrew() throws DamagedObjectException {
        TipFinder finder = finder();
        startTerm(1);
        write();
        assertThat(finder.find(null)).isEqualTo(log.tip);

        write();
        startTerm(2);
        assertThat(finder.find(null)).isEqualTo(log.tip);
    }

    @Test
    void aHoleIsNoEnd() throws DamagedObjectException {
        startTerm(1);
        write();
        Chunk gone = write();
        write();
        log.store.delete(List.of(LogKeys.chunk(gone.firstIndex())));

        assertThatThrownBy(() -> finder().find(null)).isInstanceOf(DamagedObjectException.class);
    }

    @Test
    void whatIsRequiredIsAPlaceToBeginAtOnlyIfTheBucketHoldsIt() throws DamagedObjectException {
        startTerm(1);
        Chunk gone = write();
        LogPosition required = write().end();
        write();
        LogPosition beyond = new LogPosition(1, log.tip.index() + 5, 42);
        assertThat(finder().find(beyond)).isEqualTo(log.tip);

        log.store.delete(List.of(LogKeys.chunk(gone.firstIndex())));
        assertThat(finder().find(required)).isEqualTo(log.tip);
    }

    @Test
    void behindRetentionTheWalkBeginsAtASnapshot() throws Exception {
        TipFinder old = finder();
        startTerm(1);
        write();
        assertThat(old.find(null)).isEqualTo(log.tip);
        for (int i = 0; i < 5; i++) {
            write();
        }
        snapshotAndRetention();
        assertThat(log.archive.read(2)).as("what the last walk ended at").isEmpty();
        write();
        write();

        assertThat(finder().find(null)).isEqualTo(log.tip);
        assertThat(old.find(null)).isEqualTo(log.tip);
    }
}
