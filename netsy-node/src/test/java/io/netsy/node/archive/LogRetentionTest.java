package io.netsy.node.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.replication.core.Chunk;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogRetentionTest {
    private static final Instant MUCH_LATER = Instant.parse("2100-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private LogFixture log;
    private final List<Long> floors = new ArrayList<>();

    @BeforeEach
    void open() {
        log = new LogFixture(folder);
    }

    private List<Long> left() {
        return log.store.list(LogKeys.LOG_PREFIX, null, 1000).stream()
                .map(ObjectInfo::key)
                .map(LogKeys::firstIndexOf)
                .toList();
    }

    private int run(long verifiedIndex, Instant now) throws Exception {
        return new LogRetention(log.store, log.archive, Duration.ofDays(1)).run(verifiedIndex, now, floors::add);
    }

    @Test
    void scenario07_theFirstChunkOfEachTermIsKeptForEver() throws Exception {
        log.startTerm(1); // index 1
        log.write(1, 600); // 2
        log.write(1, 600); // 3
        log.startTerm(2); // 4
        log.write(2, 600); // 5
        Chunk last = log.write(2, 600); // 6

        assertThat(run(last.end().index(), MUCH_LATER)).isEqualTo(3);

        assertThat(left()).containsExactly(1L, 4L, 6L);
        assertThat(floors).containsExactly(6L);
    }

    @Test
    void nothingAboveTheVerifiedSnapshotIsDeleted() throws Exception {
        log.startTerm(1);
        log.write(1, 600);
        Chunk covered = log.write(1, 600);
        log.write(1, 600);
        log.write(1, 600);

        run(covered.end().index(), MUCH_LATER);

        assertThat(left()).containsExactly(1L, 4L, 5L);
    }

    @Test
    void youngChunksStay() throws Exception {
        log.startTerm(1);
        log.write(1, 600);
        Chunk last = log.write(1, 600);

        assertThat(run(last.end().index(), Instant.EPOCH)).isZero();
        assertThat(floors).isEmpty();
    }

    @Test
    void nothingIsDeletedUnlessTheRegisterTookTheFloorFirst() throws Exception {
        log.startTerm(1);
        log.write(1, 600);
        Chunk last = log.write(1, 600);

        int deleted = new LogRetention(log.store, log.archive, Duration.ZERO)
                .run(last.end().index(), MUCH_LATER, floor -> false);

        assertThat(deleted).isZero();
        assertThat(left()).hasSize(3);
    }
}
