package io.netsy.node.writeahead;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was appended is told durable after it is, in the order of the calls, and only a failed flush ends it. */
class LogWriterTest {
    private static final long ONE_SEGMENT = 1 << 30;
    private static final long A_SEGMENT_EACH = 1;

    @TempDir
    Path directory;

    private final BlockingQueue<String> broken = new LinkedBlockingQueue<>();

    private static Frame after(LogPosition position, long term) {
        FrameBuilder builder = new FrameBuilder(term, position, 1);
        builder.append(new Entry.Compaction(position.index()), 1);
        return builder.seal(0);
    }

    private static List<Frame> frames(int count) {
        List<Frame> frames = new ArrayList<>();
        LogPosition end = LogPosition.START;
        for (int i = 0; i < count; i++) {
            frames.add(after(end, 1));
            end = frames.getLast().end();
        }
        return frames;
    }

    private WriteAheadFile open(long segmentBytes) throws IOException {
        return WriteAheadFile.open(directory, segmentBytes);
    }

    private LogWriter writer(WriteAheadFile file) {
        return new LogWriter(file, 0, broken::add);
    }

    private static LogPosition flush(LogWriter writer) throws Exception {
        CompletableFuture<LogPosition> done = new CompletableFuture<>();
        writer.flush(done::complete);
        return done.get(10, TimeUnit.SECONDS);
    }

    private static List<Frame> content(WriteAheadFile file) throws IOException {
        List<Frame> found = new ArrayList<>();
        file.read(file.firstIndex(), found::add);
        return found;
    }

    @Test
    void aFlushTellsUpToWhereWhatWasAppendedBeforeIsDurable() throws Exception {
        List<Frame> frames = frames(3);
        try (WriteAheadFile file = open(ONE_SEGMENT);
                LogWriter writer = writer(file)) {
            frames.forEach(writer::append);

            assertThat(flush(writer)).isEqualTo(frames.getLast().end());
            assertThat(file.flushed()).isEqualTo(frames.getLast().end());
            assertThat(content(file)).isEqualTo(frames);
        }
    }

    @Test
    void whatFollowsAPositionGoesBeforeWhatIsAppendedThen() throws Exception {
        List<Frame> frames = frames(3);
        Frame other = after(frames.getFirst().end(), 2);
        try (WriteAheadFile file = open(ONE_SEGMENT);
                LogWriter writer = writer(file)) {
            frames.forEach(writer::append);
            writer.truncate(frames.getFirst().end());
            writer.append(other);

            assertThat(flush(writer)).isEqualTo(other.end());
            assertThat(content(file)).containsExactly(frames.getFirst(), other);
        }
    }

    @Test
    void aFrameTakesThePlaceOfOthersOfATermThatALaterOneClosed() throws Exception {
        List<Frame> frames = frames(3);
        Frame other = after(frames.getFirst().end(), 2);
        try (WriteAheadFile file = open(ONE_SEGMENT);
                LogWriter writer = writer(file)) {
            frames.forEach(writer::append);
            writer.append(other);
            flush(writer);

            assertThat(content(file)).containsExactly(frames.getFirst(), other);
        }
    }

    @Test
    void closingCarriesOutWhatWasOrderedBefore() throws Exception {
        List<Frame> frames = frames(50);
        try (WriteAheadFile file = open(ONE_SEGMENT)) {
            LogWriter writer = writer(file);
            frames.forEach(writer::append);
            writer.close();

            assertThat(content(file)).isEqualTo(frames);
        }
    }

    @Test
    void aDeletionThatFailsIsTriedAgainAndEndsNothing() throws Exception {
        List<Frame> frames = frames(4);
        try (WriteAheadFile file = open(A_SEGMENT_EACH);
                LogWriter writer = writer(file)) {
            frames.forEach(writer::append);
            flush(writer);
            Path oldest = WriteAheadFile.segmentsIn(directory).getFirst();
            Path aside = directory.resolve("aside");
            Files.move(oldest, aside);
            Files.createDirectories(oldest.resolve("not-empty"));

            writer.mayForget(3);
            assertThat(flush(writer)).isEqualTo(frames.getLast().end());
            assertThat(file.firstIndex()).isEqualTo(1);

            Files.delete(oldest.resolve("not-empty"));
            Files.delete(oldest);
            Files.move(aside, oldest);
            writer.mayForget(3);
            flush(writer);
            assertThat(file.firstIndex()).isEqualTo(3);
            assertThat(broken).isEmpty();
        }
    }

    @Test
    void aSegmentThatIsGoneAlreadyNeedsNoDeletion() throws Exception {
        List<Frame> frames = frames(4);
        try (WriteAheadFile file = open(A_SEGMENT_EACH);
                LogWriter writer = writer(file)) {
            frames.forEach(writer::append);
            flush(writer);
            Files.delete(WriteAheadFile.segmentsIn(directory).getFirst());

            writer.mayForget(3);
            flush(writer);
            assertThat(file.firstIndex()).isEqualTo(3);
        }
    }

    @Test
    void aFailedFlushIsTheEnd() throws Exception {
        WriteAheadFile file = open(ONE_SEGMENT);
        try (LogWriter writer = writer(file)) {
            file.close();
            CompletableFuture<LogPosition> never = new CompletableFuture<>();
            writer.flush(never::complete);

            assertThat(broken.poll(10, TimeUnit.SECONDS)).contains("restart the node");
            assertThat(never).isNotDone();
        }
    }
}
