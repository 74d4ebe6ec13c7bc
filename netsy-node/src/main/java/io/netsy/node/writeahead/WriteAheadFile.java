package io.netsy.node.writeahead;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest frames of the log on this node's disk: segments of whole frames, appended to, flushed when asked.
 *
 * <p>Safe for any thread: appending, cutting and pruning take turns; a flush and reads go on beside appends. The chain
 * of checksums is verified at each append and over everything at {@link #open}.
 */
public final class WriteAheadFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WriteAheadFile.class);

    private static final String FLUSH_FAILED = "a flush failed: ";

    /** A frame from this size on is flushed with so much else that it does not matter whether the file grows. */
    private static final int LARGE_FRAME_BYTES = 16 << 10;

    private final Path directory;
    private final long segmentBytes;

    /** Held by whoever flushes or changes what was written; taken before this object's monitor. */
    private final ReentrantLock flushLock = new ReentrantLock();

    private final Deque<Segment> segments = new ArrayDeque<>();

    /** Of full segments, which are flushed: the next flush closes them, for one that is under way may use them still. */
    private final List<SegmentWriter> full = new ArrayList<>();

    private SegmentWriter writer;
    private @Nullable SpareSegment spare;
    private long spareFromBytes;
    private boolean namesUnflushed;
    private LogPosition flushed;
    private @Nullable String broken;

    private WriteAheadFile(Path directory, long segmentBytes, List<Segment> found) throws IOException {
        this.directory = directory;
        this.segmentBytes = segmentBytes;
        this.segments.addAll(found);
        this.writer = new SegmentWriter(segments.getLast());
        this.flushed = segments.getLast().end();
    }

    /**
     * Opens the segments of a directory, or begins the first one, and verifies all frames. A record that a crash tore at
     * the very end is cut off; what is left is flushed.
     *
     * @param segmentBytes the size at which a segment is full
     * @throws WriteAheadDamagedException when records that may have been flushed are bad or missing
     */
    public static WriteAheadFile open(Path directory, long segmentBytes) throws IOException {
        Files.createDirectories(directory);
        SpareSegment.deleteIn(directory);
        List<Segment> found = new ArrayList<>();
        List<Path> paths = segmentsIn(directory);
        for (int i = 0; i < paths.size(); i++) {
            boolean isLast = i == paths.size() - 1;
            Optional<SegmentScan.Found> scanned = SegmentScan.scan(paths.get(i), isLast);
            if (scanned.isPresent()) {
                found.add(linked(found, scanned.get()));
            } else {
                Files.delete(paths.get(i));
            }
        }
        if (found.isEmpty()) {
            found.add(Segment.create(directory, LogPosition.START));
        }
        WriteAheadFile file = new WriteAheadFile(directory, segmentBytes, found);
        file.writer.force(true);
        Disk.flushDirectory(directory);
        return file;
    }

    static List<Path> segmentsIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Segment::isSegment).sorted().toList();
        }
    }

    private static Segment linked(List<Segment> before, SegmentScan.Found found) throws IOException {
        Segment segment = found.segment();
        if (!before.isEmpty() && !segment.base().equals(before.getLast().end())) {
            throw new WriteAheadDamagedException(
                    segment.path(),
                    0,
                    before.getLast().end().index() + 1,
                    "it follows %s, the segment before it ends at %s"
                            .formatted(segment.base(), before.getLast().end()),
                    null);
        }
        if (found.tornBytes() > 0) {
            LOG.warn(
                    "write-ahead file ended in a torn record, cut off file={} offset={} bytes={} end=\"{}\"",
                    segment.path(),
                    segment.sizeBytes(),
                    found.tornBytes(),
                    segment.end());
            try (SegmentWriter writer = new SegmentWriter(segment)) {
                writer.cutAt(segment.sizeBytes());
            }
        }
        return segment;
    }

    /** Deletes all segments of a directory; nobody may have them open. */
    public static void delete(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            for (Path path : segmentsIn(directory).reversed()) {
                Files.delete(path);
            }
            Disk.flushDirectory(directory);
        }
    }

    /** The end of the last frame, flushed or not; the position to begin after when there is none. */
    public synchronized LogPosition end() {
        return segments.getLast().end();
    }

    /** Up to where frames are flushed. */
    public synchronized LogPosition flushed() {
        return flushed;
    }

    /** The position that the oldest frame follows. */
    public synchronized LogPosition base() {
        return segments.getFirst().base();
    }

    /** The index that the oldest frame begins with; one more than {@link #end}'s when there is none. */
    public synchronized long firstIndex() {
        return segments.getFirst().base().index() + 1;
    }

    /** Bytes of all segments. */
    public synchronized long sizeBytes() {
        return segments.stream().mapToLong(Segment::sizeBytes).sum();
    }

    /**
     * Writes a frame behind the last one; it is durable after the next {@link #flush}.
     *
     * @throws IllegalArgumentException when it does not follow {@link #end}
     * @throws IOException when the disk refuses; nothing of the frame is left then, and it may be tried again
     */
    public synchronized void append(Frame frame) throws IOException {
        checkUsable();
        if (!frame.follows(end())) {
            throw new IllegalArgumentException("%s does not follow %s".formatted(frame, end()));
        }
        if (spare != null && isBetterIn(spare, frame)) {
            forceFull();
            begin(spare.become(end()));
        } else if (segments.getLast().sizeBytes() >= segmentBytes) {
            forceFull();
            begin(Segment.create(directory, end()));
        }
        try {
            writer.write(frame);
        } catch (IOException e) {
            takeBack(e);
            throw e;
        }
        segments.getLast().grow(frame);
    }

    /**
     * Has segments made ahead from now on, so that flushes of small frames cost less.
     *
     * @param background writes 64 MiB now and then
     * @param fromBytes of the last segment: a log that is hardly written is not worth them
     */
    public synchronized void makeSegmentsAhead(Executor background, long fromBytes) {
        spare = new SpareSegment(directory, background);
        spareFromBytes = fromBytes;
    }

    private boolean isBetterIn(SpareSegment other, Frame frame) {
        boolean grows = frame.sizeBytes() < LARGE_FRAME_BYTES && writer.roomBytes() < frame.sizeBytes();
        Segment last = segments.getLast();
        if (!grows || end().equals(last.base()) || last.sizeBytes() < spareFromBytes) {
            return false;
        }
        other.prepare();
        return other.isReady();
    }

    /** Before there is another segment: a crash may tear the end of the last one only. */
    private void forceFull() throws IOException {
        try {
            writer.force(false);
        } catch (IOException e) {
            broken = FLUSH_FAILED + e.getMessage();
            throw e;
        }
    }

    private void begin(Segment segment) throws IOException {
        SegmentWriter next = new SegmentWriter(segment);
        writer.trim();
        full.add(writer);
        writer = next;
        segments.add(segment);
        namesUnflushed = true;
    }

    /** A half-written record would be taken for damage once good ones stand behind it. */
    private void takeBack(IOException cause) {
        try {
            writer.cutAt(segments.getLast().sizeBytes());
        } catch (IOException e) {
            cause.addSuppressed(e);
            broken = "a half-written record could not be taken back: " + e.getMessage();
        }
    }

    private void checkUsable() throws IOException {
        if (broken != null) {
            throw new IOException(
                    "write-ahead file %s can't be written any more: %s; restart the node".formatted(directory, broken));
        }
    }

    /**
     * Makes all frames that were appended before the call durable; appends go on meanwhile.
     *
     * @return up to where frames are durable now
     * @throws IOException when a flush failed: what it should have written is unknown from then on, no later flush can
     *     tell, and this object refuses everything; the process must end
     */
    public LogPosition flush() throws IOException {
        flushLock.lock();
        try {
            Unflushed work = takeUnflushed();
            try {
                for (SegmentWriter one : work.full) {
                    one.close();
                }
                work.current.force(false);
                if (work.names) {
                    Disk.flushDirectory(directory);
                }
            } catch (IOException e) {
                setBroken(FLUSH_FAILED + e.getMessage());
                throw e;
            }
            return flushedTo(work.end);
        } finally {
            flushLock.unlock();
        }
    }

    /** What a flush has to do. */
    private record Unflushed(List<SegmentWriter> full, SegmentWriter current, boolean names, LogPosition end) {}

    private synchronized Unflushed takeUnflushed() throws IOException {
        checkUsable();
        Unflushed work = new Unflushed(List.copyOf(full), writer, namesUnflushed, end());
        full.clear();
        namesUnflushed = false;
        return work;
    }

    private synchronized LogPosition flushedTo(LogPosition position) {
        flushed = position;
        return position;
    }

    private synchronized void setBroken(String reason) {
        broken = reason;
    }

    /**
     * Visits frames in order, from the one that holds {@code fromIndex} to the end, until the visitor answers false.
     *
     * @throws IllegalArgumentException when {@code fromIndex} was pruned, or is above the end by more than one
     * @throws WriteAheadDamagedException when a frame does not match its checksum
     * @throws IOException when the disk fails, or the frames were pruned or cut meanwhile
     */
    public void read(long fromIndex, Predicate<Frame> visitor) throws IOException {
        for (Stretch stretch : readableFrom(fromIndex)) {
            if (!stretch.segment.read(fromIndex, stretch.bytes, visitor)) {
                return;
            }
        }
    }

    /** A segment and how much of it can be read. */
    private record Stretch(Segment segment, long bytes) {}

    private synchronized List<Stretch> readableFrom(long fromIndex) {
        if (fromIndex < firstIndex() || fromIndex > end().index() + 1) {
            throw new IllegalArgumentException("index %d is not in the write-ahead file, which holds %d to %d"
                    .formatted(fromIndex, firstIndex(), end().index()));
        }
        return segments.stream()
                .filter(segment -> segment.end().index() >= fromIndex)
                .map(segment -> new Stretch(segment, segment.sizeBytes()))
                .toList();
    }

    /** Whether a frame ends at this position, or the oldest one begins after it. */
    public boolean holds(LogPosition position) throws IOException {
        if (position.index() + 1 < firstIndex() || position.index() > end().index()) {
            return false;
        }
        if (position.equals(end())) {
            return true;
        }
        boolean[] holds = new boolean[1];
        synchronized (this) {
            for (Segment segment : segments) {
                if (segment.base().equals(position)) {
                    return true;
                }
                if (segment.base().index() < position.index()
                        && position.index() <= segment.end().index()) {
                    segment.visitHeaders(segment.sizeBytes(), (header, offset) -> {
                        holds[0] = header.end().equals(position);
                        return header.lastIndex() < position.index();
                    });
                }
            }
        }
        return holds[0];
    }

    /**
     * Durably removes every frame after an index, at which a frame must end.
     *
     * @throws IllegalArgumentException when no frame ends there
     */
    public void truncateAfter(long index) throws IOException {
        flushLock.lock();
        try {
            truncateLocked(index);
        } finally {
            flushLock.unlock();
        }
    }

    private synchronized void truncateLocked(long index) throws IOException {
        checkUsable();
        Cut cut = findCut(index);
        while (segments.getLast() != cut.segment) {
            Files.delete(segments.removeLast().path());
        }
        closeWriters();
        writer = new SegmentWriter(cut.segment);
        writer.cutAt(cut.bytes);
        writer.force(true);
        Disk.flushDirectory(directory);
        cut.segment.shrink(cut.end, cut.bytes);
        flushed = cut.end;
    }

    /** Where a segment is cut. */
    private record Cut(Segment segment, LogPosition end, long bytes) {}

    private Cut findCut(long index) throws IOException {
        for (Segment segment : segments) {
            if (segment.base().index() == index) {
                return new Cut(segment, segment.base(), SegmentHeader.SIZE_BYTES);
            }
            if (segment.base().index() < index && index <= segment.end().index()) {
                Cut[] found = new Cut[1];
                segment.visitHeaders(segment.sizeBytes(), (header, offset) -> {
                    if (header.lastIndex() == index) {
                        found[0] = new Cut(segment, header.end(), offset + header.frameBytes());
                    }
                    return header.lastIndex() < index;
                });
                if (found[0] != null) {
                    return found[0];
                }
            }
        }
        throw new IllegalArgumentException("no frame of the write-ahead file ends at index %d; it holds %d to %d"
                .formatted(index, firstIndex(), end().index()));
    }

    /** Durably removes every frame, and begins again after a position. */
    public void reset(LogPosition base) throws IOException {
        flushLock.lock();
        try {
            resetLocked(base);
        } finally {
            flushLock.unlock();
        }
    }

    private synchronized void resetLocked(LogPosition base) throws IOException {
        checkUsable();
        closeWriters();
        broken = "it is being emptied";
        while (!segments.isEmpty()) {
            // From the newest on: whatever a crash leaves is a beginning of the old frames.
            Files.delete(segments.getLast().path());
            segments.removeLast();
        }
        segments.add(Segment.create(directory, base));
        writer = new SegmentWriter(segments.getLast());
        writer.force(true);
        Disk.flushDirectory(directory);
        flushed = base;
        broken = null;
    }

    /**
     * Removes the oldest segments that hold nothing but frames below an index. The newest always stays.
     *
     * @return the index that the oldest frame begins with now
     */
    public synchronized long prune(long belowIndex) throws IOException {
        return prune(belowIndex, 0);
    }

    /** As {@link #prune(long)}, but only as long as more than so many bytes are left. */
    public synchronized long prune(long belowIndex, long keptBytes) throws IOException {
        while (segments.size() > 1
                && sizeBytes() > keptBytes
                && segments.getFirst().end().index() < belowIndex) {
            Files.deleteIfExists(segments.getFirst().path());
            segments.removeFirst();
            namesUnflushed = true;
        }
        return firstIndex();
    }

    private void closeWriters() throws IOException {
        for (SegmentWriter one : full) {
            one.close();
        }
        full.clear();
        writer.close();
    }

    /** Flushes, unless a flush failed before, and closes. */
    @Override
    public void close() throws IOException {
        flushLock.lock();
        try {
            if (isUsable()) {
                flush();
                trim();
            }
        } finally {
            synchronized (this) {
                if (spare != null) {
                    spare.close();
                }
                closeWriters();
                broken = "it is closed";
            }
            flushLock.unlock();
        }
    }

    private synchronized void trim() throws IOException {
        writer.trim();
    }

    private synchronized boolean isUsable() {
        return broken == null;
    }
}
