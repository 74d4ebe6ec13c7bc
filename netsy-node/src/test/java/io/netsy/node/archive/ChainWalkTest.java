package io.netsy.node.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.node.objectstore.ObjectStore;
import io.netsy.replication.core.Chunk;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChainWalkTest {
    @TempDir
    Path folder;

    private LogFixture log;

    @BeforeEach
    void open() {
        log = new LogFixture(folder);
    }

    private ChainWalk walkFrom(LogPosition position) {
        return new ChainWalk(log.archive, position, Runnable::run);
    }

    private static List<Chunk> walkToEnd(ChainWalk walk) throws DamagedObjectException {
        List<Chunk> chunks = new ArrayList<>();
        for (Optional<Chunk> next = walk.next(); next.isPresent(); next = walk.next()) {
            chunks.add(next.get());
        }
        return chunks;
    }

    @Test
    void walksTheWholeLogInOrderAndGoesOnWhenItGrows() throws DamagedObjectException {
        List<Chunk> written = new ArrayList<>();
        written.add(log.startTerm(1));
        for (int i = 0; i < 100; i++) {
            written.add(log.write(1, 10));
        }
        ChainWalk walk = walkFrom(LogPosition.START);
        assertThat(walkToEnd(walk)).isEqualTo(written);
        assertThat(walk.end()).isEqualTo(log.tip);

        Chunk late = log.startTerm(2);
        assertThat(walkToEnd(walk)).containsExactly(late);
    }

    @Test
    void beginsInTheMiddle() throws DamagedObjectException {
        log.startTerm(1);
        LogPosition middle = log.write(1, 10).end();
        Chunk last = log.write(1, 10);

        assertThat(walkToEnd(walkFrom(middle))).containsExactly(last);
    }

    @Test
    void scenario27_aHoleIsNotTheTip() throws Exception {
        log.startTerm(1);
        Chunk removed = log.write(1, 10);
        log.write(1, 10);
        log.store.delete(List.of(LogKeys.chunk(removed.firstIndex())));

        assertThatThrownBy(() -> walkToEnd(walkFrom(LogPosition.START)))
                .isInstanceOf(DamagedObjectException.class)
                .hasMessageContaining(LogKeys.chunk(removed.firstIndex()) + " is missing")
                .hasMessageContaining("lifecycle rule");
    }

    @Test
    void aChunkOfAnotherHistoryStopsTheWalk() {
        log.startTerm(1);
        LogPosition forked = new LogPosition(log.tip.term(), log.tip.index(), log.tip.checksum() + 1);
        log.archive.put(LogFixture.chunk(1, forked, new Entry.Compaction(1), 1));

        assertThatThrownBy(() -> walkToEnd(walkFrom(LogPosition.START)))
                .isInstanceOf(DamagedObjectException.class)
                .hasMessageContaining("does not follow");
    }

    @Test
    void damageIsNamedAndNothingBeyondItIsRead() throws Exception {
        log.startTerm(1);
        Chunk damaged = log.write(1, 10);
        log.write(1, 10);
        Path object = folder.resolve(LogKeys.chunk(damaged.firstIndex()));
        byte[] bytes = Files.readAllBytes(object);
        bytes[bytes.length - 1] ^= 1;
        Files.write(object, bytes);
        ChainWalk walk = walkFrom(LogPosition.START);
        walk.next();

        assertThatThrownBy(walk::next)
                .isInstanceOf(DamagedObjectException.class)
                .hasMessageContaining(LogKeys.chunk(damaged.firstIndex()))
                .hasMessageContaining("CRC32C");
    }

    @Test
    void theChainPassesThroughItsOwnPositionsOnly() throws DamagedObjectException {
        log.startTerm(1);
        LogPosition inside = log.write(1, 10).end();
        log.write(1, 10);

        assertThat(log.archive.passesThrough(inside)).isTrue();
        assertThat(log.archive.passesThrough(log.tip)).isTrue();
        assertThat(log.archive.passesThrough(new LogPosition(1, inside.index(), inside.checksum() + 1)))
                .isFalse();
        assertThat(log.archive.passesThrough(new LogPosition(1, log.tip.index() + 5, 1)))
                .isFalse();
    }

    @Test
    void theChunkOfAPositionIsLookedForUpToThatPositionOnly() throws DamagedObjectException {
        log.startTerm(1);
        LogPosition early = log.write(1, 10).end();
        for (int i = 0; i < 20; i++) {
            log.write(1, 10);
        }
        List<Object> limits = new ArrayList<>();
        ObjectStore watched = (ObjectStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("list")) {
                        limits.add(arguments[2]);
                    }
                    return method.invoke(log.store, arguments);
                });

        assertThat(new LogArchive(watched, LogFixture.CLUSTER).passesThrough(early))
                .isTrue();
        assertThat(limits).containsExactly((int) early.index());
    }
}
