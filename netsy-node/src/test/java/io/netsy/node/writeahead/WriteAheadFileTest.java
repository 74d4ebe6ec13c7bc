package io.netsy.node.writeahead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that were appended come back whole, in order and complete, or the file says what it lost. */
class WriteAheadFileTest {
    private static final long SMALL_SEGMENTS = 4096;
    private static final long ONE_SEGMENT = 1 << 30;
    private static final int SECTOR = 512;

    @TempDir
    Path root;

    private Path directory;
    private final Random random = new Random(42);
    private final List<Frame> frames = new ArrayList<>();

    @BeforeEach
    void makeFrames() {
        directory = root.resolve("wal");
        FrameBuilder builder = new FrameBuilder(1, LogPosition.START, 1);
        for (int i = 0; i < 60; i++) {
            int entries = 1 + random.nextInt(4);
            for (int j = 0; j < entries; j++) {
                long revision = builder.lastIndex() + 2;
                byte[] value = new byte[random.nextInt(700)];
                random.nextBytes(value);
                builder.append(
                        new Entry.Transaction(
                                revision,
                                List.of(new Change.Put(Bytes.utf8("/k" + j), Bytes.wrap(value), revision, 1, 0))),
                        revision);
            }
            frames.add(builder.seal(0));
        }
    }

    private WriteAheadFile open(long segmentBytes) throws IOException {
        return WriteAheadFile.open(directory, segmentBytes);
    }

    private void writeAll(long segmentBytes) throws IOException {
        try (WriteAheadFile file = open(segmentBytes)) {
            for (Frame frame : frames) {
                file.append(frame);
            }
        }
    }

    private static List<Frame> readFrom(WriteAheadFile file, long index) throws IOException {
        List<Frame> found = new ArrayList<>();
        file.read(index, found::add);
        return found;
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @Test
    void aNewFileIsEmptyAndTakesTheFirstFrame() throws IOException {
        try (WriteAheadFile file = open(SMALL_SEGMENTS)) {
            assertThat(file.end()).isEqualTo(LogPosition.START);
            assertThat(file.firstIndex()).isEqualTo(1);
            assertThat(readFrom(file, 1)).isEmpty();
            file.append(frames.getFirst());
            assertThat(file.end()).isEqualTo(frames.getFirst().end());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, SMALL_SEGMENTS, ONE_SEGMENT})
    void whatWasAppendedComesBackAfterReopening(long segmentBytes) throws IOException {
        writeAll(segmentBytes);
        try (WriteAheadFile file = open(segmentBytes)) {
            assertThat(readFrom(file, 1)).isEqualTo(frames);
            assertThat(file.end()).isEqualTo(frames.getLast().end());
            assertThat(file.flushed()).isEqualTo(frames.getLast().end());
        }
    }

    @Test
    void segmentsAreNamedByTheirFirstIndex() throws IOException {
        writeAll(SMALL_SEGMENTS);

        assertThat(segments()).hasSizeGreaterThan(5).allSatisfy(path -> {
            long first = Long.parseLong(path.getFileName().toString().substring(0, 20));
            assertThat(frames).anyMatch(frame -> frame.firstIndex() == first);
        });
    }

    @Test
    void readingBeginsWithTheFrameThatHoldsTheIndex() throws IOException {
        writeAll(SMALL_SEGMENTS);
        try (WriteAheadFile file = open(SMALL_SEGMENTS)) {
            for (int i = 0; i < frames.size(); i++) {
                List<Frame> expected = frames.subList(i, frames.size());
                assertThat(readFrom(file, frames.get(i).firstIndex())).isEqualTo(expected);
                assertThat(readFrom(file, frames.get(i).lastIndex())).isEqualTo(expected);
            }
            assertThat(readFrom(file, file.end().index() + 1)).isEmpty();
            assertThatThrownBy(() -> readFrom(file, file.end().index() + 2))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void readingStopsWhenTheVisitorHasEnough() throws IOException {
        writeAll(SMALL_SEGMENTS);
        try (WriteAheadFile file = open(SMALL_SEGMENTS)) {
            List<Frame> found = new ArrayList<>();
            file.read(1, frame -> {
                found.add(frame);
                return found.size() < 20;
            });
            assertThat(found).isEqualTo(frames.subList(0, 20));
        }
    }

    @Test
    void aFrameThatDoesNotFollowIsRefused() throws IOException {
        try (WriteAheadFile file = open(SMALL_SEGMENTS)) {
            file.append(frames.getFirst());
            assertThatThrownBy(() -> file.append(frames.get(2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("does not follow");
            assertThatThrownBy(() -> file.append(frames.getFirst())).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void flushSaysUpToWhere() throws IOException {
        try (WriteAheadFile file = open(SMALL_SEGMENTS)) {
            for (Frame frame : frames.subList(0, 30)) {
                file.append(frame);
            }
            assertThat(file.flushed()).isEqualTo(LogPosition.START);
            assertThat(file.flush()).isEqualTo(frames.get(29).end());
            file.append(frames.get(30));
            assertThat(file.flushed()).isEqualTo(frames.get(29).end());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {SMALL_SEGMENTS, ONE_SEGMENT})
    void truncatingRemovesWhatIsBehindForGood(long segmentBytes) throws IOException {
        writeAll(segmentBytes);
        for (int kept : new int[] {59, 40, 39, 7, 1, 0}) {
            LogPosition end =
                    kept == 0 ? LogPosition.START : frames.get(kept - 1).end();
            try (WriteAheadFile file = open(segmentBytes)) {
                file.truncateAfter(end.index());
                assertThat(file.end()).isEqualTo(end);
                assertThat(file.flushed()).isEqualTo(end);
            }
            try (WriteAheadFile file = open(segmentBytes)) {
                assertThat(readFrom(file, 1)).isEqualTo(frames.subList(0, kept));
                file.append(frames.get(kept));
                assertThat(readFrom(file, 1)).isEqualTo(frames.subList(0, kept + 1));
            }
        }
    }

    @Test
    void truncatingInsideAFrameIsRefused() throws IOException {
        writeAll(SMALL_SEGMENTS);
        Frame frame = frames.stream()
                .filter(candidate -> candidate.lastIndex() > candidate.firstIndex())
                .findFirst()
                .orElseThrow();
        try (WriteAheadFile file = open(SMALL_SEGMENTS)) {
            assertThatThrownBy(() -> file.truncateAfter(frame.firstIndex()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no frame of the write-ahead file ends at index " + frame.firstIndex());
            assertThat(readFrom(file, 1)).isEqualTo(frames);
        }
    }

    @Test
    void pruningRemovesWholeSegmentsBelow() throws IOException {
        writeAll(SMALL_SEGMENTS);
        try (WriteAheadFile file = open(SMALL_SEGMENTS)) {
            long index = frames.get(30).firstIndex();
            long first = file.prune(index);

            assertThat(first).isEqualTo(file.firstIndex()).isGreaterThan(1).isLessThanOrEqualTo(index);
            assertThat(readFrom(file, index)).isEqualTo(frames.subList(30, 60));
            assertThatThrownBy(() -> readFrom(file, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("index 1 is not in the write-ahead file");
            file.prune(Long.MAX_VALUE);
            assertThat(file.end()).isEqualTo(frames.getLast().end());
        }
        try (WriteAheadFile file = open(SMALL_SEGMENTS)) {
            assertThat(file.end()).isEqualTo(frames.getLast().end());
        }
    }

    @Test
    void aResetBeginsAgainElsewhere() throws IOException {
        writeAll(SMALL_SEGMENTS);
        LogPosition base = frames.get(44).end();
        try (WriteAheadFile file = open(SMALL_SEGMENTS)) {
            file.reset(base);
            assertThat(file.end()).isEqualTo(base);
        }
        try (WriteAheadFile file = open(SMALL_SEGMENTS)) {
            assertThat(file.end()).isEqualTo(base);
            assertThat(file.firstIndex()).isEqualTo(base.index() + 1);
            file.append(frames.get(45));
            assertThat(readFrom(file, base.index() + 1)).containsExactly(frames.get(45));
        }
        assertThat(segments()).hasSize(1);
    }

    @Test
    void readsGoOnWhileFramesAreAppended() throws Exception {
        try (WriteAheadFile file = open(SMALL_SEGMENTS)) {
            Thread writer = Thread.ofPlatform().start(() -> {
                try {
                    for (Frame frame : frames) {
                        file.append(frame);
                        file.flush();
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            int seen = 0;
            while (seen < frames.size()) {
                List<Frame> found = readFrom(file, 1);
                assertThat(found).hasSizeGreaterThanOrEqualTo(seen).isEqualTo(frames.subList(0, found.size()));
                seen = found.size();
            }
            writer.join();
        }
    }

    @Test
    void aFileCutAnywhereKeepsAllWholeFrames() throws IOException {
        List<Frame> few = frames.subList(0, 4);
        try (WriteAheadFile file = open(ONE_SEGMENT)) {
            for (Frame frame : few) {
                file.append(frame);
            }
        }
        Path segment = segments().getFirst();
        byte[] whole = Files.readAllBytes(segment);
        for (int length = 0; length < whole.length; length += length < 200 ? 1 : 1 + random.nextInt(40)) {
            Files.write(segment, Arrays.copyOf(whole, length));
            try (WriteAheadFile file = open(ONE_SEGMENT)) {
                int size = SegmentHeader.SIZE_BYTES;
                int kept = 0;
                while (kept < few.size() && size + few.get(kept).sizeBytes() <= length) {
                    size += few.get(kept++).sizeBytes();
                }
                assertThat(readFrom(file, 1)).isEqualTo(few.subList(0, kept));
                file.append(few.get(kept));
            }
        }
    }

    @Test
    void aTailOfBlocksThatWereNeverWrittenIsTorn() throws IOException {
        writeAll(ONE_SEGMENT);
        Path segment = segments().getFirst();
        byte[] bytes = Files.readAllBytes(segment);
        int last = bytes.length - frames.getLast().sizeBytes();
        byte[] grown = Arrays.copyOf(bytes, bytes.length + 8192);
        Files.write(segment, grown);
        try (WriteAheadFile file = open(ONE_SEGMENT)) {
            assertThat(readFrom(file, 1)).isEqualTo(frames);
        }
        Arrays.fill(bytes, last, bytes.length, (byte) 0);
        Files.write(segment, bytes);
        try (WriteAheadFile file = open(ONE_SEGMENT)) {
            assertThat(readFrom(file, 1)).isEqualTo(frames.subList(0, 59));
        }
    }

    @Test
    void theLogGoesOnInASegmentThatWasMadeAhead() throws IOException {
        Path zeros = directory.resolve("next.zeros");
        try (WriteAheadFile file = open(ONE_SEGMENT)) {
            file.makeSegmentsAhead(Runnable::run, 0);
            file.append(frames.getFirst());
            for (Frame frame : frames.subList(1, frames.size())) {
                file.append(frame);
                file.flush();
            }
            assertThat(segments()).hasSize(3).contains(zeros);
            assertThat(segments().get(1)).hasSize(SpareSegment.SIZE_BYTES);
            assertThat(readFrom(file, 1)).isEqualTo(frames);
        }
        assertThat(segments()).hasSize(2);
        assertThat(bytesOf(frames) + 2 * SegmentHeader.SIZE_BYTES)
                .isEqualTo(Files.size(segments().getFirst())
                        + Files.size(segments().getLast()));
        try (WriteAheadFile file = open(ONE_SEGMENT)) {
            assertThat(readFrom(file, 1)).isEqualTo(frames);
        }
    }

    @Test
    void nothingIsMadeAheadForALogThatIsHardlyWritten() throws IOException {
        Path zeros = directory.resolve("next.zeros");
        try (WriteAheadFile file = open(ONE_SEGMENT)) {
            file.makeSegmentsAhead(Runnable::run, bytesOf(frames) / 2);
            for (Frame frame : frames.subList(0, frames.size() / 3)) {
                file.append(frame);
            }
            assertThat(zeros).doesNotExist();
            for (Frame frame : frames.subList(frames.size() / 3, frames.size())) {
                file.append(frame);
            }
            assertThat(zeros).exists();
        }
    }

    @Test
    void whereNothingCanBeMadeAheadTheFileGrows() throws IOException {
        try (WriteAheadFile file = open(ONE_SEGMENT)) {
            Path inTheWay = Files.createDirectories(directory.resolve("next.zeros/full"));
            file.makeSegmentsAhead(Runnable::run, 0);
            for (Frame frame : frames) {
                file.append(frame);
            }
            Files.delete(inTheWay);
            assertThat(readFrom(file, 1)).isEqualTo(frames);
        }
        assertThat(segments()).hasSize(1);
    }

    @Test
    void closingWhileASegmentIsMadeLeavesNothingOfIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        WriteAheadFile file = open(ONE_SEGMENT);
        file.makeSegmentsAhead(
                work -> Thread.ofPlatform().start(() -> {
                    begun.countDown();
                    work.run();
                }),
                0);
        file.append(frames.getFirst());
        file.append(frames.get(1));
        begun.await();
        file.close();
        assertThat(segments()).hasSize(1);
    }

    @Test
    void zerosThatAKilledProcessLeftAreRemoved() throws IOException {
        writeAll(ONE_SEGMENT);
        Path zeros = Files.write(directory.resolve("next.zeros"), new byte[5000]);
        try (WriteAheadFile file = open(ONE_SEGMENT)) {
            assertThat(readFrom(file, 1)).isEqualTo(frames);
        }
        assertThat(zeros).doesNotExist();
    }

    @Test
    void roomThatACrashLeftIsWrittenOver() throws IOException {
        writeAll(ONE_SEGMENT);
        Path segment = segments().getFirst();
        byte[] whole = Files.readAllBytes(segment);
        int last = whole.length - frames.getLast().sizeBytes();
        byte[] left = Arrays.copyOf(Arrays.copyOf(whole, last), whole.length + 100_000);
        Files.write(segment, left);
        try (WriteAheadFile file = open(ONE_SEGMENT)) {
            assertThat(segment).hasSize(left.length);
            file.append(frames.getLast());
            assertThat(segment).hasSize(left.length);
            assertThat(readFrom(file, 1)).isEqualTo(frames);
        }
        assertThat(segment).hasBinaryContent(whole);
    }

    @Test
    void aRecordInRoomIsTornWhicheverOfItsSectorsWereNotWritten() throws IOException {
        writeAll(ONE_SEGMENT);
        Path segment = segments().getFirst();
        byte[] whole = Files.readAllBytes(segment);
        for (int i = 0; i < 500; i++) {
            int count = 2 + random.nextInt(frames.size() - 1);
            int end = SegmentHeader.SIZE_BYTES + bytesOf(frames.subList(0, count));
            int begin = end - frames.get(count - 1).sizeBytes();
            byte[] left = Arrays.copyOf(Arrays.copyOf(whole, end), end + random.nextInt(10_000));
            int sectors = (end - 1) / SECTOR - begin / SECTOR + 1;
            int lost = 1 + random.nextInt((1 << sectors) - 1);
            for (int sector = 0; sector < sectors; sector++) {
                if ((lost & 1 << sector) != 0) {
                    int from = Math.max(begin, (begin / SECTOR + sector) * SECTOR);
                    Arrays.fill(left, from, Math.min(end, (begin / SECTOR + sector + 1) * SECTOR), (byte) 0);
                }
            }
            Files.write(segment, left);

            try (WriteAheadFile file = open(ONE_SEGMENT)) {
                assertThat(file.end())
                        .as("lost %x of %d", lost, sectors)
                        .isEqualTo(frames.get(count - 2).end());
            }
        }
    }

    @Test
    void goodRecordsBehindOneThatWasNotWrittenAreTornWithIt() throws IOException {
        writeAll(ONE_SEGMENT);
        Path segment = segments().getFirst();
        byte[] whole = Files.readAllBytes(segment);
        for (int count = 1; count < frames.size(); count++) {
            int begin = SegmentHeader.SIZE_BYTES + bytesOf(frames.subList(0, count));
            int sector = (begin / SECTOR + 1) * SECTOR;
            byte[] left = Arrays.copyOf(whole, whole.length + 5000);
            Arrays.fill(left, begin, Math.min(sector, begin + frames.get(count).sizeBytes()), (byte) 0);
            Files.write(segment, left);

            try (WriteAheadFile file = open(ONE_SEGMENT)) {
                assertThat(file.end()).isEqualTo(frames.get(count - 1).end());
            }
        }
    }

    @Test
    void recordsFurtherBehindThanAnyFlushReachesProveDamage() throws IOException {
        FrameBuilder builder = new FrameBuilder(1, LogPosition.START, 1);
        byte[] value = new byte[1 << 20];
        random.nextBytes(value);
        try (WriteAheadFile file = open(ONE_SEGMENT)) {
            for (int i = 0; i < 10; i++) {
                long revision = i + 2L;
                builder.append(
                        new Entry.Transaction(
                                revision, List.of(new Change.Put(Bytes.utf8("k"), Bytes.wrap(value), revision, 1, 0))),
                        revision);
                file.append(builder.seal(0));
            }
        }
        Path segment = segments().getFirst();
        byte[] bytes = Files.readAllBytes(segment);
        Arrays.fill(bytes, 1024, 1024 + SECTOR, (byte) 0);
        Files.write(segment, bytes);

        assertThatThrownBy(() -> open(ONE_SEGMENT).close())
                .isInstanceOf(WriteAheadDamagedException.class)
                .hasMessageContaining(segment.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20_000})
    void aFlippedBitOfTheLastRecordIsDamageNotATornTail(int roomBytes) throws IOException {
        writeAll(ONE_SEGMENT);
        Path segment = segments().getFirst();
        byte[] whole = Files.readAllBytes(segment);
        int begin = whole.length - frames.getLast().sizeBytes();
        for (int bit = begin * 8; bit < whole.length * 8; bit += bit < (begin + 68) * 8 ? 1 : 1 + random.nextInt(100)) {
            byte[] flipped = Arrays.copyOf(whole, whole.length + roomBytes);
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(segment, flipped);

            assertThatThrownBy(() -> open(ONE_SEGMENT).close())
                    .as("bit %d of byte %d of %d", bit % 8, bit / 8 - begin, whole.length - begin)
                    .isInstanceOf(WriteAheadDamagedException.class);
        }
    }

    @Test
    void roomBehindASegmentThatIsNotTheLastIsNoDamage() throws IOException {
        writeAll(SMALL_SEGMENTS);
        Path segment = segments().get(2);
        byte[] bytes = Files.readAllBytes(segment);
        Files.write(segment, Arrays.copyOf(bytes, bytes.length + 3000));
        try (WriteAheadFile file = open(SMALL_SEGMENTS)) {
            assertThat(readFrom(file, 1)).isEqualTo(frames);
        }
    }

    private static int bytesOf(List<Frame> some) {
        return some.stream().mapToInt(Frame::sizeBytes).sum();
    }

    @Test
    void aFlippedBitAnywhereIsFoundAndNamed() throws IOException {
        writeAll(ONE_SEGMENT);
        Path segment = segments().getFirst();
        byte[] whole = Files.readAllBytes(segment);
        for (int i = 0; i < 400; i++) {
            byte[] flipped = whole.clone();
            int at = i < 200 ? random.nextInt(whole.length) : whole.length - 1 - (i - 200) * 3;
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(segment, flipped);

            assertThatThrownBy(() -> open(ONE_SEGMENT).close())
                    .as("bit of byte %d of %d", at, whole.length)
                    .isInstanceOfSatisfying(WriteAheadDamagedException.class, e -> {
                        assertThat(e.file()).isEqualTo(segment);
                        assertThat(e.offset()).isLessThanOrEqualTo(at);
                    })
                    .hasMessageContaining(segment.toString());
        }
    }

    @Test
    void aTornRecordInASegmentThatIsNotTheLastIsDamage() throws IOException {
        writeAll(SMALL_SEGMENTS);
        Path segment = segments().get(2);
        byte[] bytes = Files.readAllBytes(segment);
        Files.write(segment, Arrays.copyOf(bytes, bytes.length - 5));

        assertThatThrownBy(() -> open(SMALL_SEGMENTS).close())
                .isInstanceOf(WriteAheadDamagedException.class)
                .hasMessageContaining(segment.toString());
    }

    @Test
    void aMissingSegmentIsDamage() throws IOException {
        writeAll(SMALL_SEGMENTS);
        Files.delete(segments().get(2));

        assertThatThrownBy(() -> open(SMALL_SEGMENTS).close())
                .isInstanceOf(WriteAheadDamagedException.class)
                .hasMessageContaining("the segment before it ends at");
    }

    @Test
    void aLastSegmentWithoutAWholeHeaderWasNeverBegun() throws IOException {
        writeAll(SMALL_SEGMENTS);
        Path empty = directory.resolve("%020d.wal".formatted(frames.getLast().lastIndex() + 1));
        Files.write(empty, new byte[7], StandardOpenOption.CREATE_NEW);
        try (WriteAheadFile file = open(SMALL_SEGMENTS)) {
            assertThat(file.end()).isEqualTo(frames.getLast().end());
        }
        assertThat(empty).doesNotExist();
    }

    @Test
    void deletingLeavesNothing() throws IOException {
        writeAll(SMALL_SEGMENTS);
        WriteAheadFile.delete(directory);
        try (WriteAheadFile file = open(SMALL_SEGMENTS)) {
            assertThat(file.end()).isEqualTo(LogPosition.START);
        }
    }

    @Test
    void nothingIsTakenAfterClose() throws IOException {
        WriteAheadFile file = open(SMALL_SEGMENTS);
        file.close();
        assertThatThrownBy(() -> file.append(frames.getFirst()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("it is closed");
    }
}
