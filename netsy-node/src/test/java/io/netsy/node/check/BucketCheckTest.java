package io.netsy.node.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.elector.term.TermRegisterCodec;
import io.netsy.node.archive.ClusterIdentity;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.archive.LogKeys;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ReadOnlyStore;
import io.netsy.node.objectstore.testkit.InMemoryObjectStore;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.core.Chunk;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.StandbyRule;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Histories that no single writer makes, and what a check says about them: one finding for one fault. */
class BucketCheckTest {
    private static final UUID CLUSTER = new UUID(1, 1);
    private static final UUID PROCESS = new UUID(2, 2);
    private static final UUID OTHER = new UUID(3, 3);

    private final ObjectStore store = new InMemoryObjectStore(() -> Instant.EPOCH);
    private final LogArchive archive = new LogArchive(store, CLUSTER);
    private LogPosition tip = LogPosition.START;
    private long revision = 1;

    @BeforeEach
    void beginCluster() throws Exception {
        ClusterIdentity.readOrCreate(store, CLUSTER, Instant.EPOCH);
        put(PROCESS, start(1, 1));
        put(PROCESS, write(1));
        put(PROCESS, write(1));
    }

    private FrameBuilder frame(long term) {
        return new FrameBuilder(term, tip, revision);
    }

    private FrameBuilder start(long term, long previous) {
        FrameBuilder builder = frame(term);
        builder.append(new Entry.TermStart(term, PROCESS, previous), revision);
        return builder;
    }

    private FrameBuilder write(long term) {
        FrameBuilder builder = frame(term);
        revision++;
        appendPut(builder, revision);
        return builder;
    }

    private static void appendPut(FrameBuilder builder, long revision) {
        Change put = new Change.Put(Bytes.utf8("k"), Bytes.utf8("v"), revision, 1, 0);
        builder.append(new Entry.Transaction(revision, List.of(put)), revision);
    }

    private Chunk put(UUID process, FrameBuilder builder) {
        Frame frame = builder.seal(0);
        Chunk chunk = new Chunk(frame.header().term(), process, List.of(frame));
        archive.put(chunk);
        tip = chunk.end();
        return chunk;
    }

    private void register(long term, @Nullable LogPosition requiredTip, long floor) {
        TermRegister register = new TermRegister(
                1,
                new UUID(9, 9),
                term,
                requiredTip == null ? State.ELECTING : State.ASSIGNED,
                "n1",
                PROCESS,
                "n1",
                requiredTip,
                List.of(),
                CommitLevel.LOCAL,
                StandbyRule.ANYONE,
                Duration.ZERO,
                floor,
                null);
        store.putIfAbsent(LogKeys.TERM, ByteBuffer.wrap(TermRegisterCodec.encode(register)));
    }

    private CheckReport check() throws Exception {
        return OfflineCheck.run(new ReadOnlyStore(store), null, Runnable::run, (step, done, total) -> {});
    }

    private void assertOnlyFinding(String pattern) throws Exception {
        CheckReport report = check();
        assertThat(report.findings())
                .singleElement()
                .extracting(Finding::line)
                .asString()
                .matches(pattern);
        assertThat(report.ok()).isFalse();
    }

    @Test
    void aSoundHistoryOfTwoTermsHolds() throws Exception {
        put(OTHER, start(2, 1));
        put(OTHER, write(2));
        register(2, tip, 1);

        CheckReport report = check();

        assertThat(report.findings()).isEmpty();
        BucketSummary bucket = Objects.requireNonNull(report.bucket());
        assertThat(bucket.term()).isEqualTo(2L);
        ChainSummary chain = Objects.requireNonNull(bucket.chain());
        assertThat(chain.chunks()).isEqualTo(5);
        assertThat(chain.firstIndex()).isEqualTo(1);
        assertThat(chain.tip()).isEqualTo(tip);
    }

    @Test
    void aChunkOfAnotherHistoryIsFound() throws Exception {
        register(1, tip, 1);
        tip = new LogPosition(tip.term(), tip.index(), tip.checksum() + 1);
        put(OTHER, write(1));

        assertOnlyFinding("chunk log/0{19}4 does not follow .*; two histories met in this bucket; .*");
    }

    @Test
    void aKeyInsideAnotherChunkCannotBeReached() throws Exception {
        FrameBuilder two = write(1);
        appendPut(two, ++revision);
        LogPosition before = tip;
        put(PROCESS, two);
        LogPosition end = tip;
        tip = new LogPosition(1, before.index() + 1, 77);
        put(OTHER, write(1));
        register(1, end, 1);

        assertOnlyFinding("chunk log/0{19}5 can't be reached: the chunk before it leads to .*; .*");
    }

    @Test
    void aTermThatWasNeverStartedIsFound() throws Exception {
        put(OTHER, write(2));
        register(2, tip, 1);

        assertOnlyFinding("chunk log/0{19}4 is wrong inside: .* does not begin with the start of its term; .*");
    }

    @Test
    void aRevisionThatGoesBackIsFound() throws Exception {
        revision = 0;
        put(PROCESS, write(1));
        register(1, tip, 1);

        assertOnlyFinding("chunk log/0{19}4 is wrong inside: .* goes back from revision 3 to 1; .*");
    }

    @Test
    void aRegisterBehindTheLogIsFound() throws Exception {
        LogPosition old = tip;
        put(OTHER, start(2, 1));
        register(1, old, 1);

        assertOnlyFinding("term.json is at term 1, behind the log, which ends at .*; an older version was restored.*");
    }

    @Test
    void aRequiredTipOfAnotherHistoryIsFound() throws Exception {
        register(1, new LogPosition(1, 2, 12345), 1);

        assertOnlyFinding("term.json does not fit the log: its required tip is .* there the log has .*; .*");
    }

    @Test
    void aRequiredTipInTheMiddleOfAFrameIsFound() throws Exception {
        FrameBuilder two = write(1);
        appendPut(two, ++revision);
        put(PROCESS, two);
        register(1, new LogPosition(1, 4, 12345), 1);

        assertOnlyFinding("term.json does not fit the log: .* in the middle of frame 4-5 .*");
    }

    @Test
    void oneHoleIsOneFinding() throws Exception {
        put(PROCESS, write(1));
        store.delete(List.of(LogKeys.chunk(3)));
        register(1, tip, 1);

        assertOnlyFinding("chunk log/0{19}3 is missing, though log/0{19}4 is there; restore it .*");
    }

    @Test
    void oneDamagedChunkInTheMiddleIsOneFinding() throws Exception {
        put(PROCESS, write(1));
        byte[] body = store.get(LogKeys.chunk(3)).orElseThrow().body();
        body[body.length - 1] ^= 1;
        store.delete(List.of(LogKeys.chunk(3)));
        store.putIfAbsent(LogKeys.chunk(3), ByteBuffer.wrap(body));
        register(1, tip, 1);

        assertOnlyFinding("chunk log/0{19}3 is damaged: CRC32C .*");
    }

    @Test
    void aMissingBeginningIsOneFinding() throws Exception {
        store.delete(List.of(LogKeys.chunk(1)));
        register(1, tip, 1);

        CheckReport report = check();

        assertThat(report.findings())
                .extracting(Finding::line)
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("chunk log/00000000000000000001 is missing, though log/"),
                        line -> assertThat(line).contains("begins at index 2, and no sound snapshot leads there"));
    }

    @Test
    void belowTheFloorGapsAreRetentionsButTheFloorItselfMustStand() throws Exception {
        put(PROCESS, write(1));
        store.delete(List.of(LogKeys.chunk(2), LogKeys.chunk(3)));
        register(1, tip, 3);

        assertThat(check().findings())
                .extracting(Finding::line)
                .anyMatch(line -> line.startsWith("chunk log/00000000000000000003 is missing, though log/"))
                .noneMatch(line -> line.startsWith("chunk log/00000000000000000002"));
    }

    @Test
    void aLogWithoutAClusterOrATermIsFound() throws Exception {
        assertOnlyFinding("term.json in .* is missing, though there is a log; restore the object .*");
        store.delete(List.of(LogKeys.CLUSTER));
        assertThat(check().findings())
                .extracting(Finding::line)
                .anyMatch(line -> line.startsWith("cluster.json in ")
                        && line.contains(" is missing, so log and snapshots were not checked; restore"));
    }

    @Test
    void chunksOfAnotherClusterAreFound() throws Exception {
        Chunk strange = new Chunk(1, PROCESS, List.of(write(1).seal(0)));
        new LogArchive(store, OTHER).put(strange);
        register(1, tip, 1);

        assertOnlyFinding("chunk log/0{19}4 is damaged: it belongs to cluster .*, not to .*; .*");
    }

    @Test
    void aStoreOpenedToBeReadCannotBeWritten() {
        ObjectStore readOnly = new ReadOnlyStore(store);

        assertThatThrownBy(() -> readOnly.delete(List.of("log/x"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> readOnly.putIfAbsent("x", ByteBuffer.allocate(1)))
                .isInstanceOf(IllegalStateException.class);
    }
}
