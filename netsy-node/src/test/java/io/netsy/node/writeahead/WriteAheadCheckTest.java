package io.netsy.node.writeahead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A check tells what the next start would find, and leaves everything as it is. */
class WriteAheadCheckTest {
    private static final long SMALL_SEGMENTS = 512;

    @TempDir
    Path directory;

    private LogPosition end = LogPosition.START;

    @BeforeEach
    void write() throws IOException {
        try (WriteAheadFile file = WriteAheadFile.open(directory, SMALL_SEGMENTS)) {
            FrameBuilder builder = new FrameBuilder(1, LogPosition.START, 1);
            for (long revision = 2; revision < 12; revision++) {
                Change put = new Change.Put(Bytes.utf8("k"), Bytes.wrap(new byte[100]), revision, 1, 0);
                builder.append(new Entry.Transaction(revision, List.of(put)), revision);
                file.append(builder.seal(0));
            }
            end = file.end();
        }
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @Test
    void aSoundFileTellsItsEnds() throws IOException {
        WriteAheadCheck.Found found = WriteAheadCheck.run(directory).orElseThrow();

        assertThat(found.base()).isEqualTo(LogPosition.START);
        assertThat(found.end()).isEqualTo(end);
        assertThat(found.segments()).isEqualTo(segments().size()).isGreaterThan(1);
        assertThat(found.tornBytes()).isZero();
        assertThat(WriteAheadCheck.run(directory.resolve("absent"))).isEmpty();
    }

    @Test
    void aTornTailIsToldAndLeftAlone() throws IOException {
        Path last = segments().getLast();
        byte[] whole = Files.readAllBytes(last);
        Files.write(last, new byte[] {'N', 'S', 'Y'}, StandardOpenOption.APPEND);

        WriteAheadCheck.Found found = WriteAheadCheck.run(directory).orElseThrow();

        assertThat(found.tornBytes()).isEqualTo(3);
        assertThat(found.end()).isEqualTo(end);
        assertThat(Files.size(last)).isEqualTo(whole.length + 3);
    }

    @Test
    void damageAndAMissingSegmentAreNamed() throws IOException {
        Path second = segments().get(1);
        byte[] bytes = Files.readAllBytes(second);
        bytes[bytes.length - 1] ^= 1;
        Files.write(second, bytes);
        assertThatThrownBy(() -> WriteAheadCheck.run(directory))
                .isInstanceOf(WriteAheadDamagedException.class)
                .hasMessageContaining(second.toString());

        Files.delete(second);
        assertThatThrownBy(() -> WriteAheadCheck.run(directory))
                .isInstanceOf(WriteAheadDamagedException.class)
                .hasMessageContaining("the segment before it ends at");
    }
}
