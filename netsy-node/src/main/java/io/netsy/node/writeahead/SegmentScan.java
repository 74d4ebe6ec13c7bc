package io.netsy.node.writeahead;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.codec.FrameHeader;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment as a crash may have left it: verifies every frame and the chain, and tells a torn tail from damage.
 *
 * <p>Zeros up to the file's end are room for more records. A record that can't be read is the torn tail of a crash when it is in
 * the last segment, and either the file ends inside it, or what it has in one of its disk sectors is all zero, as room is
 * that was never written over (etcd's WAL uses the same test). A disk may have written what was appended after it and not
 * flushed either, so good records behind it are torn with it, as PostgreSQL's log ends at its first bad record; but not further
 * behind than any flush writes at once. Anything else may have been flushed once, so it is damage.
 */
final class SegmentScan {
    private static final int SECTOR_BYTES = 512;
    private static final int PIECE_BYTES = 1 << 16;

    /** More than this is not written without a flush between. */
    private static final int UNORDERED_BYTES = 8 << 20;

    /** Where a frame's header has the length of the payload. */
    private static final int PAYLOAD_BYTES_OFFSET = 60;

    /** How far behind a bad record good ones are looked for. */
    private static final int SEARCH_BYTES = 64 << 20;

    private final Path path;
    private final FileChannel channel;
    private final long fileBytes;
    private LogPosition end;
    private long offset = SegmentHeader.SIZE_BYTES;

    private SegmentScan(Path path, FileChannel channel, LogPosition base) throws IOException {
        this.path = path;
        this.channel = channel;
        this.fileBytes = channel.size();
        this.end = base;
    }

    /** What stands in a segment, and how many bytes of a torn record follow it. */
    record Found(Segment segment, long tornBytes) {}

    /**
     * Scans a segment.
     *
     * @param isLast whether the log ends in it
     * @return empty when not even its header was written, which only the last one may be
     * @throws WriteAheadDamagedException when records are missing or bad that may have been flushed
     */
    static Optional<Found> scan(Path path, boolean isLast) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer header = Disk.read(channel, 0, ByteBuffer.allocate(SegmentHeader.SIZE_BYTES));
            boolean torn = header.remaining() < SegmentHeader.SIZE_BYTES || isZero(header.array(), 0, header.limit());
            Optional<LogPosition> base = SegmentHeader.decode(header);
            if (base.isPresent()) {
                return Optional.of(new SegmentScan(path, channel, base.get()).scan(base.get(), isLast));
            }
            if (isLast && torn && channel.size() <= SegmentHeader.SIZE_BYTES) {
                return Optional.empty();
            }
            throw new WriteAheadDamagedException(path, 0, 0, "its header is not one that this netsy reads", null);
        }
    }

    private Found scan(LogPosition base, boolean isLast) throws IOException {
        while (offset < fileBytes) {
            try {
                Frame frame = readFrame();
                if (!frame.follows(end)) {
                    throw damaged("%s does not follow %s".formatted(frame, end), null);
                }
                end = frame.end();
                offset += frame.sizeBytes();
            } catch (FrameException e) {
                if (isRoom()) {
                    return new Found(new Segment(path, base, end, offset), 0);
                }
                if (!isLast || !isTorn(rest())) {
                    throw damaged(String.valueOf(e.getMessage()), e);
                }
                break;
            }
        }
        return new Found(new Segment(path, base, end, offset), fileBytes - offset);
    }

    private Frame readFrame() throws IOException, FrameException {
        ByteBuffer buffer = ByteBuffer.allocate(FrameHeader.SIZE_BYTES);
        FrameHeader header = FrameHeader.read(Disk.read(channel, offset, buffer));
        long size = Math.min(header.frameBytes(), fileBytes - offset);
        return Frame.read(Disk.read(channel, offset, ByteBuffer.allocate((int) size)));
    }

    /** Whether only zeros are left. */
    private boolean isRoom() throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        for (long at = offset; at < fileBytes; at += PIECE_BYTES) {
            int length = Disk.read(channel, at, piece.clear()).limit();
            if (!isZero(piece.array(), 0, length)) {
                return false;
            }
        }
        return true;
    }

    private byte[] rest() throws IOException {
        int length = (int) Math.min(fileBytes - offset, SEARCH_BYTES);
        return Disk.read(channel, offset, ByteBuffer.allocate(length)).array();
    }

    private boolean isTorn(byte[] rest) {
        List<Integer> behind = framesBehind(rest);
        if (isWholeButForItsLength(rest, behind)) {
            return false;
        }
        int recordBytes = recordBytes(rest);
        boolean unwritten = hasZeroSector(rest, Math.min(recordBytes, rest.length));
        return behind.isEmpty()
                ? unwritten || recordBytes > fileBytes - offset
                : unwritten && behind.getLast() < UNORDERED_BYTES;
    }

    /** How much the record takes, by what can be read of its header. */
    private static int recordBytes(byte[] rest) {
        try {
            return FrameHeader.read(ByteBuffer.wrap(rest)).frameBytes();
        } catch (FrameException e) {
            return FrameHeader.SIZE_BYTES;
        }
    }

    /** Where good frames begin after the first byte. */
    private List<Integer> framesBehind(byte[] rest) {
        List<Integer> found = new ArrayList<>();
        int at = 1;
        while (at <= rest.length - FrameHeader.SIZE_BYTES) {
            int frameBytes = goodFrameBytes(rest, at);
            if (frameBytes > 0) {
                found.add(at);
            }
            at += Math.max(frameBytes, 1);
        }
        return found;
    }

    private int goodFrameBytes(byte[] rest, int at) {
        // The first letter of the magic; all else is left to the frame's own reader.
        if (rest[at] != 'N') {
            return 0;
        }
        try {
            Frame frame = Frame.read(ByteBuffer.wrap(rest, at, rest.length - at));
            return frame.firstIndex() > end.index() ? frame.sizeBytes() : 0;
        } catch (FrameException e) {
            return 0;
        }
    }

    /** Whether it is a good record once its length is read as what stands there: up to the next frame, or to the zeros or so. */
    private static boolean isWholeButForItsLength(byte[] rest, List<Integer> behind) {
        int least = behind.isEmpty() ? writtenBytes(rest) : behind.getFirst();
        int most = behind.isEmpty() ? Math.min(rest.length, least + SECTOR_BYTES) : least;
        ByteBuffer mended = ByteBuffer.wrap(rest.clone());
        for (int bytes = Math.max(least, FrameHeader.SIZE_BYTES + 1); bytes <= most; bytes++) {
            mended.putInt(PAYLOAD_BYTES_OFFSET, bytes - FrameHeader.SIZE_BYTES);
            try {
                Frame.read(mended.clear().limit(bytes));
                return true;
            } catch (FrameException e) {
                // Not so long.
            }
        }
        return false;
    }

    private static int writtenBytes(byte[] rest) {
        int written = rest.length;
        while (written > 0 && rest[written - 1] == 0) {
            written--;
        }
        return written;
    }

    /** Whether the beginning of what is left, so many bytes, is zero in any sector that it lies in. */
    private boolean hasZeroSector(byte[] rest, int recordBytes) {
        int from = 0;
        int to = (int) (-offset & (SECTOR_BYTES - 1));
        while (from < recordBytes) {
            int end = Math.min(to, recordBytes);
            if (end > from && isZero(rest, from, end)) {
                return true;
            }
            from = end;
            to += SECTOR_BYTES;
        }
        return false;
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private WriteAheadDamagedException damaged(String reason, @Nullable Throwable cause) {
        return new WriteAheadDamagedException(path, offset, end.index() + 1, reason, cause);
    }
}
