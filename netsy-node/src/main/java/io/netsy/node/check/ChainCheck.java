package io.netsy.node.check;

import io.netsy.node.archive.DamagedObjectException;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.archive.LogKeys;
import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.core.Chunk;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Verifies every chunk that is listed, and the chain that they make.
 *
 * <ol>
 *   <li>Each chunk for itself: checksums, format, cluster, entries that can be read.
 *   <li>From the register's log floor on the chunks follow each other without a gap, by index, checksum and term. Below
 *       the floor retention deletes; what is left there, the first chunk of each term at least, need not be adjacent.
 *   <li>Revisions never go back, and a frame of a higher term begins with that term's start.
 *   <li>Positions that others claim are on the chain.
 * </ol>
 *
 * A chunk that can't be used is one finding; the chain is taken up again behind it. For one thread.
 */
final class ChainCheck {
    private static final int READ_AHEAD = 8;

    private final LogArchive archive;
    private final Executor executor;
    private final LongSupplier logFloor;
    private final Claims claims;
    private final List<Finding> findings;

    private long floor;
    private long firstIndex;
    private @Nullable LogPosition end;
    private boolean broken;
    private long lastTerm;
    private long lastRevision;

    /**
     * @param executor runs blocking reads
     * @param logFloor reads the register's log floor, which may rise while a node runs
     */
    ChainCheck(LogArchive archive, Executor executor, LongSupplier logFloor, Claims claims, List<Finding> findings) {
        this.archive = archive;
        this.executor = executor;
        this.logFloor = logFloor;
        this.claims = claims;
        this.findings = findings;
        this.floor = logFloor.getAsLong();
    }

    private record Fetch(ObjectInfo info, CompletableFuture<Optional<Chunk>> chunk) {}

    ChainSummary run(List<ObjectInfo> listed, CheckProgress progress) {
        Deque<Fetch> fetches = new ArrayDeque<>();
        Iterator<ObjectInfo> next = listed.iterator();
        long done = 0;
        long bytes = 0;
        while (next.hasNext() || !fetches.isEmpty()) {
            while (next.hasNext() && fetches.size() < READ_AHEAD) {
                ObjectInfo info = next.next();
                fetches.add(new Fetch(info, CompletableFuture.supplyAsync(() -> read(info), executor)));
            }
            Fetch fetch = fetches.remove();
            take(fetch);
            bytes += fetch.info().sizeBytes();
            progress.at("chunks", ++done, listed.size());
        }
        finish();
        return new ChainSummary(listed.size(), bytes, firstIndex, end);
    }

    private Optional<Chunk> read(ObjectInfo info) {
        try {
            return archive.read(LogKeys.firstIndexOf(info.key()));
        } catch (DamagedObjectException e) {
            throw new CompletionException(e);
        }
    }

    private void take(Fetch fetch) {
        long index = LogKeys.firstIndexOf(fetch.info().key());
        try {
            Optional<Chunk> chunk = fetch.chunk().join();
            if (chunk.isPresent()) {
                link(index, chunk.get());
            } else {
                takeVanished(index);
            }
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case DamagedObjectException damaged -> {
                    findings.add(Finding.of(damaged));
                    unlink(index);
                }
                case RuntimeException failure -> throw failure;
                case null, default -> throw e;
            }
        }
    }

    private void takeVanished(long index) {
        floor = logFloor.getAsLong();
        if (index >= floor) {
            findings.add(new Finding(
                    "chunk " + LogKeys.chunk(index),
                    "was listed and is gone, though the log floor is " + floor,
                    "nobody but netsy may delete below this prefix; look for a lifecycle rule"));
            unlink(index);
        }
    }

    /** What follows can't be compared with this chunk. */
    private void unlink(long index) {
        begin(index);
        end = null;
        broken = true;
    }

    private void begin(long index) {
        if (firstIndex == 0 && index >= floor) {
            firstIndex = index;
            if (index > floor && end == null && !broken) {
                refuseHole(floor, index);
            }
        }
    }

    private void link(long index, Chunk chunk) {
        begin(index);
        LogPosition before = end;
        if (before != null && index <= before.index()) {
            findings.add(new Finding(
                    "chunk " + LogKeys.chunk(index),
                    "can't be reached: the chunk before it leads to " + before,
                    "keep it, and ask what wrote it before the next start"));
            return;
        }
        if (before != null && index > before.index() + 1 && index > floor) {
            refuseHole(Math.max(before.index() + 1, floor), index);
            before = null;
        }
        LogPosition expected = before != null && index == before.index() + 1 ? before : startOf(chunk);
        if (!chunk.follows(expected)) {
            findings.add(doesNotFollow(chunk, expected));
        }
        checkFrames(chunk);
        end = chunk.end();
    }

    private static LogPosition startOf(Chunk chunk) {
        return new LogPosition(
                0, chunk.firstIndex() - 1, chunk.frames().getFirst().header().previousChecksum());
    }

    private static Finding doesNotFollow(Chunk chunk, LogPosition before) {
        return new Finding(
                "chunk " + LogKeys.chunk(chunk.firstIndex()),
                "does not follow %s: it leads to %s by process %s".formatted(before, chunk.end(), chunk.process()),
                "two histories met in this bucket; restore into a new prefix from a snapshot");
    }

    private void refuseHole(long missing, long there) {
        findings.add(new Finding(
                "chunk " + LogKeys.chunk(missing),
                "is missing, though %s is there".formatted(LogKeys.chunk(there)),
                "restore it from a version of the bucket, or restore the cluster from a snapshot into a new prefix"));
    }

    private void checkFrames(Chunk chunk) {
        for (Frame frame : chunk.frames()) {
            String wrong = faultOf(frame, chunk);
            if (wrong != null) {
                findings.add(new Finding(
                        "chunk " + LogKeys.chunk(chunk.firstIndex()),
                        "is wrong inside: " + wrong,
                        "restore the cluster from a snapshot into a new prefix"));
            }
            lastTerm = frame.header().term();
            lastRevision = frame.header().lastRevision();
            claims.see(frame);
        }
    }

    private @Nullable String faultOf(Frame frame, Chunk chunk) {
        try {
            List<Entry> entries = frame.entries();
            if (frame.header().term() > chunk.term()) {
                return "%s in a chunk of term %d".formatted(frame, chunk.term());
            }
            if (frame.header().firstRevision() < lastRevision) {
                return "%s goes back from revision %d to %d"
                        .formatted(frame, lastRevision, frame.header().firstRevision());
            }
            if (frame.header().term() < lastTerm) {
                return "%s comes after term %d".formatted(frame, lastTerm);
            }
            boolean starts = entries.getFirst() instanceof Entry.TermStart;
            return frame.header().term() > lastTerm && lastTerm > 0 && !starts
                    ? "%s does not begin with the start of its term".formatted(frame)
                    : null;
        } catch (FrameException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void finish() {
        if (firstIndex == 0 && floor > 1) {
            findings.add(new Finding(
                    "chunk " + LogKeys.chunk(floor),
                    "is missing, though the log floor in %s is there".formatted(LogKeys.TERM),
                    "restore it and those behind it from versions of the bucket"));
        }
        if (end != null) {
            claims.end(end);
        } else if (!broken) {
            claims.end(LogPosition.START);
        }
    }
}
