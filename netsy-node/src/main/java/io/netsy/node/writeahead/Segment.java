package io.netsy.node.writeahead;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.codec.FrameHeader;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Predicate;

/**
 * One file of consecutive frames, named by the index that it begins with. What it says of itself changes under the lock
 * of {@link WriteAheadFile}; frames are read without it.
 */
final class Segment {
    private static final String SUFFIX = ".wal";

    private final Path path;
    private final LogPosition base;
    private LogPosition end;
    private long sizeBytes;

    Segment(Path path, LogPosition base, LogPosition end, long sizeBytes) {
        this.path = path;
        this.base = base;
        this.end = end;
        this.sizeBytes = sizeBytes;
    }

    static Path pathOf(Path directory, LogPosition base) {
        return directory.resolve("%020d%s".formatted(base.index() + 1, SUFFIX));
    }

    static boolean isSegment(Path path) {
        return String.valueOf(path.getFileName()).matches("\\d{20}\\" + SUFFIX);
    }

    /** Makes an empty segment; its name is not durable yet. */
    static Segment create(Path directory, LogPosition base) throws IOException {
        Path path = pathOf(directory, base);
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            Disk.write(channel, SegmentHeader.encode(base));
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
        return new Segment(path, base, base, SegmentHeader.SIZE_BYTES);
    }

    /**
     * Makes an empty segment of a flushed file of zeros. Its name is not durable yet; its header is, so that no segment ever
     * begins with zeros.
     */
    static Segment create(Path zeros, Path directory, LogPosition base) throws IOException {
        try (FileChannel channel = FileChannel.open(zeros, StandardOpenOption.WRITE)) {
            Disk.write(channel, SegmentHeader.encode(base));
            channel.force(false);
        }
        Path path = pathOf(directory, base);
        Files.move(zeros, path, StandardCopyOption.ATOMIC_MOVE);
        return new Segment(path, base, base, SegmentHeader.SIZE_BYTES);
    }

    Path path() {
        return path;
    }

    /** The position that the first frame follows. */
    LogPosition base() {
        return base;
    }

    /** The end of the last frame; the base when there is none. */
    LogPosition end() {
        return end;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    void grow(Frame frame) {
        end = frame.end();
        sizeBytes += frame.sizeBytes();
    }

    void shrink(LogPosition newEnd, long newSizeBytes) {
        end = newEnd;
        sizeBytes = newSizeBytes;
    }

    /** Sees a frame's header and where the frame begins; answers false to stop. */
    @FunctionalInterface
    interface HeaderVisitor {
        boolean visit(FrameHeader header, long offset);
    }

    /** Visits the headers of all frames below a size that was valid at some time. */
    void visitHeaders(long upToBytes, HeaderVisitor visitor) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long offset = SegmentHeader.SIZE_BYTES;
            ByteBuffer buffer = ByteBuffer.allocate(FrameHeader.SIZE_BYTES);
            while (offset < upToBytes) {
                FrameHeader header = FrameHeader.read(Disk.read(channel, offset, buffer.clear()));
                if (!visitor.visit(header, offset)) {
                    return;
                }
                offset += header.frameBytes();
            }
        } catch (FrameException e) {
            throw damaged(upToBytes, e);
        }
    }

    /**
     * Reads the frames that end at or after an index, below a size that was valid at some time.
     *
     * @return false when the visitor had enough
     */
    boolean read(long fromIndex, long upToBytes, Predicate<Frame> visitor) throws IOException {
        long offset = SegmentHeader.SIZE_BYTES;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(FrameHeader.SIZE_BYTES);
            while (offset < upToBytes) {
                FrameHeader header = FrameHeader.read(Disk.read(channel, offset, buffer.clear()));
                if (header.lastIndex() >= fromIndex) {
                    ByteBuffer bytes = ByteBuffer.allocate(header.frameBytes());
                    if (!visitor.test(Frame.read(Disk.read(channel, offset, bytes)))) {
                        return false;
                    }
                }
                offset += header.frameBytes();
            }
            return true;
        } catch (FrameException e) {
            throw damaged(offset, e);
        }
    }

    private WriteAheadDamagedException damaged(long offset, FrameException e) {
        return new WriteAheadDamagedException(path, offset, base.index() + 1, String.valueOf(e.getMessage()), e);
    }
}
