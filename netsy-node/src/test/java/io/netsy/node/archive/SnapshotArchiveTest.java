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
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a snapshot goes into the bucket. */
final class SnapshotArchiveTest {
    @TempDir
    private Path folder;

    private LogFixture log;
    private SnapshotArchive archive;

    @BeforeEach
    void makeArchive() {
        log = new LogFixture(folder.resolve("store"));
        archive = new SnapshotArchive(log.store, LogFixture.CLUSTER, folder.resolve("tmp"), SystemClock.wall());
    }

    private Replica replica() throws Exception {
        Replica replica = Replica.open(
                        new ReplicaConfig(
                                folder.resolve("replica.db"),
                                new ReplicaIdentity(LogFixture.CLUSTER, new UUID(5, 6)),
                                ReplicaLimits.DEFAULT.withCacheBytes(1 << 20)),
                        health -> {})
                .replica();
        for (Frame frame : log.write(1, 600).frames()) {
            replica.commit(frame.end(), frame.entries());
        }
        await().until(() -> replica.applied().equals(log.tip));
        return replica;
    }

    @Test
    void nothingIsUploadedBeforeTheLogReachesAsFar() throws Exception {
        List<LogPosition> awaited = new ArrayList<>();
        try (Replica replica = replica()) {
            SnapshotInfo taken = archive.take(replica, position -> {
                assertThat(archive.newestFirst()).isEmpty();
                awaited.add(position);
            });

            assertThat(awaited).containsExactly(log.tip);
            assertThat(archive.newestFirst()).extracting(SnapshotInfo::index).containsExactly(taken.index());
        }
    }

    @Test
    void aLogThatEndsBeforeItLeavesNoSnapshot() throws Exception {
        try (Replica replica = replica()) {
            assertThatThrownBy(() -> archive.take(replica, position -> {
                        throw new IOException("not there");
                    }))
                    .hasMessage("not there");

            assertThat(archive.newestFirst()).isEmpty();
        }
    }
}
