package io.netsy.node.writeahead;

import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Verifies the segments of a write-ahead file that no node has open, and changes nothing. */
public final class WriteAheadCheck {
    private WriteAheadCheck() {}

    /**
     * What a write-ahead file holds.
     *
     * @param base the position that its first frame follows
     * @param end the end of its last whole frame
     * @param tornBytes what a crash left of a record behind that; the next start cuts it off
     */
    public record Found(LogPosition base, LogPosition end, int segments, long sizeBytes, long tornBytes) {}

    /**
     * Reads all frames.
     *
     * @return empty when there is no write-ahead file, or one without a frame
     * @throws WriteAheadDamagedException when records that may have been flushed are bad or missing
     */
    public static Optional<Found> run(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        List<Path> paths = WriteAheadFile.segmentsIn(directory);
        @Nullable Found found = null;
        for (int i = 0; i < paths.size(); i++) {
            Optional<SegmentScan.Found> scanned = SegmentScan.scan(paths.get(i), i == paths.size() - 1);
            if (scanned.isPresent()) {
                found = joined(found, scanned.get());
            }
        }
        return Optional.ofNullable(found);
    }

    private static Found joined(@Nullable Found before, SegmentScan.Found next) throws IOException {
        Segment segment = next.segment();
        if (before != null && !segment.base().equals(before.end())) {
            throw new WriteAheadDamagedException(
                    segment.path(),
                    0,
                    before.end().index() + 1,
                    "it follows %s, the segment before it ends at %s".formatted(segment.base(), before.end()),
                    null);
        }
        return new Found(
                before == null ? segment.base() : before.base(),
                segment.end(),
                before == null ? 1 : before.segments() + 1,
                segment.sizeBytes() + (before == null ? 0 : before.sizeBytes()),
                next.tornBytes());
    }
}
