package io.netsy.node.archive;

import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.objectstore.StoredObject;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.Chunk;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of the log in the bucket. Calls block; one thread puts, any thread reads. Errors are those of
 * {@link ObjectStore}.
 */
public final class LogArchive {
    static final int LIST_LIMIT = 1000;
    private static final long FIRST_LOOK_BACK = 256;

    private final ObjectStore store;
    private final ChunkCodec codec;

    public LogArchive(ObjectStore store, UUID clusterId) {
        this.store = store;
        this.codec = new ChunkCodec(clusterId);
    }

    /** Creates the chunk under its key; never replaces one. */
    public PutOutcome put(Chunk chunk) {
        return store.putIfAbsent(LogKeys.chunk(chunk.firstIndex()), codec.encode(chunk));
    }

    /**
     * The chunk that begins with this index, if there is one.
     *
     * @throws DamagedObjectException when something else stands there
     */
    public Optional<Chunk> read(long firstIndex) throws DamagedObjectException {
        String key = LogKeys.chunk(firstIndex);
        Optional<StoredObject> object = store.get(key);
        return object.isPresent() ? Optional.of(codec.decode(key, object.get().body())) : Optional.empty();
    }

    /** Chunks after that index, ascending, as the listing shows them; a page at most. */
    List<ObjectInfo> list(@Nullable Long afterIndex) {
        return list(afterIndex, LIST_LIMIT);
    }

    /** The same, of so many chunks at most. */
    List<ObjectInfo> list(@Nullable Long afterIndex, int limit) {
        String after = afterIndex == null ? null : LogKeys.chunk(afterIndex);
        return store.list(LogKeys.LOG_PREFIX, after, limit);
    }

    /**
     * Whether the chain in the bucket passes through this position: the chunk that holds its index has a frame that ends
     * there with its term and checksum.
     *
     * @throws DamagedObjectException when that chunk is damaged
     */
    public boolean passesThrough(LogPosition position) throws DamagedObjectException {
        if (position.equals(LogPosition.START)) {
            return true;
        }
        Optional<Long> first = firstIndexOfChunkAround(position.index());
        if (first.isEmpty()) {
            return false;
        }
        Optional<Chunk> chunk = read(first.get());
        return chunk.isPresent()
                && chunk.get().frames().stream().anyMatch(frame -> frame.end().equals(position));
    }

    /**
     * Whether the log plainly ends with a chunk that ends at this position: one listing and one chunk show it. False when it does not,
     * or when that takes a walk to say.
     *
     * @throws DamagedObjectException when that chunk is damaged
     */
    public boolean plainlyEndsAt(LogPosition position) throws DamagedObjectException {
        List<ObjectInfo> newest = list(Math.max(position.index() - FIRST_LOOK_BACK, 0));
        if (newest.isEmpty() || newest.size() == LIST_LIMIT) {
            return false;
        }
        long last = LogKeys.firstIndexOf(newest.getLast().key());
        Optional<Chunk> chunk = last > position.index() ? Optional.empty() : read(last);
        return chunk.isPresent() && chunk.get().end().equals(position);
    }

    /**
     * The end of the last frame at or below an index, in the newest chunk that begins there; empty when there is none.
     *
     * @throws DamagedObjectException when that chunk is damaged
     */
    public Optional<LogPosition> lastEndUpTo(long index) throws DamagedObjectException {
        Optional<Long> first = firstIndexOfChunkAround(index);
        Optional<Chunk> chunk = first.isPresent() ? read(first.get()) : Optional.empty();
        return chunk.map(Chunk::frames).orElse(List.of()).stream()
                .map(Frame::end)
                .filter(end -> end.index() <= index)
                .reduce((before, last) -> last);
    }

    /**
     * The whole frames from the one that begins at an index to the end of the chunk that holds it; none when the bucket does
     * not hold it, or no frame begins there.
     *
     * @throws DamagedObjectException when that chunk is damaged
     */
    public List<Frame> framesFrom(long index) throws DamagedObjectException {
        Optional<Long> first = firstIndexOfChunkAround(index);
        Optional<Chunk> chunk = first.isPresent() ? read(first.get()) : Optional.empty();
        List<Frame> frames = chunk.map(Chunk::frames).orElse(List.of()).stream()
                .dropWhile(frame -> frame.firstIndex() < index)
                .toList();
        return frames.isEmpty() || frames.getFirst().firstIndex() != index ? List.of() : frames;
    }

    /** What a chunk holds beyond a position inside it; empty when the position is not inside one. */
    Optional<Chunk> remainderAfter(LogPosition position) throws DamagedObjectException {
        Optional<Long> first = firstIndexOfChunkAround(position.index());
        Optional<Chunk> around = first.isPresent() ? read(first.get()) : Optional.empty();
        if (around.isEmpty()
                || around.get().frames().stream().noneMatch(frame -> frame.end().equals(position))) {
            return Optional.empty();
        }
        List<Frame> rest = around.get().frames().stream()
                .filter(frame -> frame.firstIndex() > position.index())
                .toList();
        return rest.isEmpty()
                ? Optional.empty()
                : Optional.of(new Chunk(around.get().term(), around.get().process(), rest));
    }

    /** With which index the newest chunk begins that is there now after an index; empty when there is none. */
    public Optional<Long> newestAfter(long index) {
        return lastBetween(index, Long.MAX_VALUE);
    }

    /** The greatest chunk key at or below an index; looks back in growing steps, for listings only go forward. */
    private Optional<Long> firstIndexOfChunkAround(long index) {
        for (long back = FIRST_LOOK_BACK; ; back *= 16) {
            long from = Math.max(index - back, 0);
            Optional<Long> found = lastBetween(from, index);
            if (found.isPresent() || from == 0) {
                return found;
            }
        }
    }

    /** Asks for no more chunks than there can be up to there: some stores take long for what comes behind. */
    private Optional<Long> lastBetween(long after, long upTo) {
        Optional<Long> last = Optional.empty();
        long cursor = after;
        while (cursor < upTo) {
            int limit = Math.toIntExact(Math.min(upTo - cursor, LIST_LIMIT));
            List<ObjectInfo> page = list(cursor, limit);
            for (ObjectInfo info : page) {
                cursor = LogKeys.firstIndexOf(info.key());
                if (cursor > upTo) {
                    return last;
                }
                last = Optional.of(cursor);
            }
            if (page.size() < limit) {
                return last;
            }
        }
        return last;
    }

    /** Whether there is any chunk at all. */
    public boolean isEmpty() {
        return store.list(LogKeys.LOG_PREFIX, null, 1).isEmpty();
    }

    /** Where the log is, for messages. */
    public String describe() {
        return store.describe();
    }
}
