package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.node.writeahead.WriteAheadFile;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node tells of its write-ahead file: only what is flushed, and for a tail only frames of the tip's own term. */
final class OwnTailTest {
    private static final int VALUE_BYTES = 300 << 10;

    @TempDir
    private Path folder;

    private WriteAheadFile file;
    private OwnTail tail;

    @BeforeEach
    void open() throws IOException {
        file = WriteAheadFile.open(folder.resolve("wal"), 64 << 20);
        tail = new OwnTail(file);
    }

    @AfterEach
    void close() throws IOException {
        file.close();
    }

    private Frame append(long term) throws IOException {
        long revision = file.end().index() + 2;
        FrameBuilder builder = new FrameBuilder(term, file.end(), revision - 1);
        Change put = new Change.Put(Bytes.utf8("k"), Bytes.wrap(new byte[VALUE_BYTES]), revision, 1, 0);
        builder.append(new Entry.Transaction(revision, List.of(put)), revision);
        Frame frame = builder.seal(0);
        file.append(frame);
        return frame;
    }

    private void flush() throws IOException {
        LogPosition flushed = file.flush();
        assertThat(flushed).isEqualTo(file.end());
    }

    @Test
    void aTailEndsWithTheTermOfTheTip() throws IOException {
        Frame tip = append(3);
        Frame last = append(3);
        append(4);
        flush();

        assertThat(tail.endAfter(tip.end())).contains(last.end());
        assertThat(tail.endAfter(last.end()))
                .as("a later term is no tail of it")
                .contains(last.end());
    }

    @Test
    void whatIsNotFlushedIsNotTold() throws IOException {
        Frame tip = append(3);
        Frame flushed = append(3);
        flush();
        append(3);

        assertThat(tail.endAfter(tip.end())).contains(flushed.end());
        assertThat(tail.framesAfter(tip.end())).containsExactly(flushed);
    }

    @Test
    void anotherHistorysTipHasNoTail() throws IOException {
        Frame tip = append(3);
        append(3);
        flush();
        LogPosition other = new LogPosition(3, tip.end().index(), tip.end().checksum() + 1);

        assertThat(tail.endAfter(other)).isEmpty();
        assertThat(tail.framesAfter(other)).isEmpty();
    }

    @Test
    void framesComeAMegabyteAtATime() throws IOException {
        Frame first = append(3);
        List<Frame> next = List.of(append(3), append(3), append(3), append(4));
        append(4);
        flush();

        assertThat(tail.framesAfter(first.end())).containsExactlyElementsOf(next);
    }
}
