package io.netsy.node.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.model.LogPosition;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a listing and one chunk show of where the log ends. */
class LogArchiveTest {
    @TempDir
    Path folder;

    private LogFixture log;

    @BeforeEach
    void open() {
        log = new LogFixture(folder.resolve("store"));
        log.startTerm(1);
    }

    @Test
    void theLogPlainlyEndsWhereItsLastChunkEnds() throws DamagedObjectException {
        LogPosition before = log.tip;
        LogPosition end = log.write(1, 100).end();

        assertThat(log.archive.plainlyEndsAt(end)).isTrue();
        assertThat(log.archive.plainlyEndsAt(before)).isFalse();
        assertThat(log.archive.plainlyEndsAt(new LogPosition(end.term(), end.index(), end.checksum() + 1)))
                .isFalse();
        assertThat(log.archive.plainlyEndsAt(new LogPosition(end.term(), end.index() + 1, end.checksum())))
                .isFalse();
    }

    @Test
    void whatLiesBehindAHoleIsNotPassedOver() throws DamagedObjectException {
        LogPosition end = log.write(1, 100).end();
        long gone = log.write(1, 100).firstIndex();
        log.write(1, 100);
        log.store.delete(List.of(LogKeys.chunk(gone)));

        assertThat(log.archive.plainlyEndsAt(end)).isFalse();
    }

    @Test
    void anEmptyLogEndsNowherePlainly() throws DamagedObjectException {
        LogFixture empty = new LogFixture(folder.resolve("empty"));

        assertThat(empty.archive.plainlyEndsAt(LogPosition.START)).isFalse();
    }
}
