package io.netsy.node.archive;

import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.replication.core.Chunk;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The walk along the chain of chunks: each next one has the key of the last index + 1 and follows by checksum and term.
 * The end of the walk is the end of the log; the largest key is not (brief, section 3).
 *
 * <p>The listing only says what to fetch early: chunks are read ahead, several at a time, and used in the order of the
 * chain. For one thread.
 */
public final class ChainWalk {
    private static final int READ_AHEAD = 24;

    private final LogArchive archive;
    private final Executor executor;
    private final Deque<Fetch> fetches = new ArrayDeque<>();
    private final Deque<ObjectInfo> listed = new ArrayDeque<>();
    private LogPosition end;
    private boolean listingMayHaveMore = true;
    private long listedUpTo;

    private record Fetch(long firstIndex, CompletableFuture<Optional<Chunk>> chunk) {}

    /**
     * @param from the position to walk on from: the end of a frame that is known to be of the chain
     * @param executor runs blocking reads
     */
    public ChainWalk(LogArchive archive, LogPosition from, Executor executor) {
        this.archive = archive;
        this.executor = executor;
        this.end = from;
        this.listedUpTo = from.index();
    }

    /** The end of what was walked so far. */
    public LogPosition end() {
        return end;
    }

    /**
     * The next chunk, or empty at the end of the log; may be called again later, for the log may have grown.
     *
     * @throws DamagedObjectException when the chunk is damaged or does not follow, or when a later one can't be reached
     */
    public Optional<Chunk> next() throws DamagedObjectException {
        Optional<Chunk> next = fetch(end.index() + 1);
        if (next.isEmpty()) {
            // Chunks hold several frames, and a walk may begin behind any of them.
            next = archive.remainderAfter(end);
        }
        if (next.isEmpty()) {
            // The listing may have been made before a chunk that is there now: look once more before judging.
            refuseHole();
            return Optional.empty();
        }
        Chunk chunk = next.get();
        if (!chunk.follows(end)) {
            throw new DamagedObjectException(
                    chunk.toString(),
                    "it does not follow " + end,
                    "two histories met in this bucket; restore into a new prefix from a snapshot");
        }
        end = chunk.end();
        return next;
    }

    private Optional<Chunk> fetch(long index) throws DamagedObjectException {
        readAhead();
        while (!fetches.isEmpty() && fetches.peek().firstIndex() < index) {
            fetches.poll();
        }
        Fetch ahead = fetches.peek();
        if (ahead == null || ahead.firstIndex() != index) {
            return archive.read(index);
        }
        fetches.poll();
        try {
            return ahead.chunk().join();
        } catch (CompletionException e) {
            return archive.read(index);
        }
    }

    private void readAhead() {
        while (fetches.size() < READ_AHEAD) {
            ObjectInfo info = nextListed();
            if (info == null) {
                return;
            }
            long index = LogKeys.firstIndexOf(info.key());
            if (index > end.index()) {
                fetches.add(new Fetch(index, CompletableFuture.supplyAsync(() -> readUnchecked(index), executor)));
            }
        }
    }

    private Optional<Chunk> readUnchecked(long index) {
        try {
            return archive.read(index);
        } catch (DamagedObjectException e) {
            throw new CompletionException(e);
        }
    }

    private @Nullable ObjectInfo nextListed() {
        if (listed.isEmpty() && listingMayHaveMore) {
            List<ObjectInfo> page = archive.list(listedUpTo);
            listingMayHaveMore = !page.isEmpty();
            listed.addAll(page);
            if (!page.isEmpty()) {
                listedUpTo = LogKeys.firstIndexOf(page.getLast().key());
            }
        }
        return listed.poll();
    }

    /** A key past the end that a second look still can't reach is a hole (protocol safety, 27). */
    private void refuseHole() throws DamagedObjectException {
        listingMayHaveMore = true;
        listed.clear();
        fetches.clear();
        listedUpTo = end.index();
        List<ObjectInfo> beyond = archive.list(end.index(), 1);
        if (beyond.isEmpty() || archive.read(end.index() + 1).isPresent()) {
            return;
        }
        throw new DamagedObjectException(
                "the log in " + archive.describe(),
                "%s is missing, though %s is there"
                        .formatted(
                                LogKeys.chunk(end.index() + 1),
                                beyond.getFirst().key()),
                "a lifecycle rule or a person deleted it: restore it from a version of the bucket, or restore the cluster"
                        + " from a snapshot into a new prefix");
    }
}
