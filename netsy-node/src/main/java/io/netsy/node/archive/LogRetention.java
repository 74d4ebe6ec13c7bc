package io.netsy.node.archive;

import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.core.Chunk;
import io.netsy.replication.model.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes chunks that nobody needs: below a verified snapshot, and older than the configured time.
 *
 * <p>Two kinds stay for ever. The first chunk of each term, a few hundred bytes: a sleeping writer of the term before
 * would try that very key when it wakes, and must find it taken (protocol safety, 7). And everything, unless the register
 * could be told the new floor first. Run by the primary alone, by one thread; calls block.
 */
public final class LogRetention {
    private static final Logger LOG = LoggerFactory.getLogger(LogRetention.class);

    /** A chunk with a TermStart alone is smaller; larger ones need not be read to know. */
    private static final int MAX_TERM_START_BYTES = 512;

    private static final int DELETED_AT_ONCE = 500;

    private final ObjectStore store;
    private final LogArchive archive;
    private final Duration keep;

    /** Raises the register's log floor; answers false when this process is not primary any more. */
    @FunctionalInterface
    public interface FloorRaiser {
        boolean raise(long floor) throws Exception;
    }

    /** @param keep chunks younger than this stay, whatever the snapshots */
    public LogRetention(ObjectStore store, LogArchive archive, Duration keep) {
        this.store = store;
        this.archive = archive;
        this.keep = keep;
    }

    /**
     * Deletes what may go and answers how many chunks that were.
     *
     * @param verifiedIndex the index of the newest snapshot that was read back and verified
     */
    public int run(long verifiedIndex, Instant now, FloorRaiser floor) throws Exception {
        List<String> deletable = new ArrayList<>();
        long newFloor = collect(verifiedIndex, now.minus(keep), deletable);
        if (deletable.isEmpty() || !floor.raise(newFloor)) {
            return 0;
        }
        for (int from = 0; from < deletable.size(); from += DELETED_AT_ONCE) {
            store.delete(deletable.subList(from, Math.min(from + DELETED_AT_ONCE, deletable.size())));
        }
        LOG.info("chunks deleted count={} log_floor={} below_snapshot={}", deletable.size(), newFloor, verifiedIndex);
        return deletable.size();
    }

    /** Gathers the keys that may go, and answers the first index that stays in an unbroken chain. */
    private long collect(long verifiedIndex, Instant olderThan, List<String> deletable) throws DamagedObjectException {
        ObjectInfo candidate = null;
        Long cursor = null;
        while (true) {
            List<ObjectInfo> page = archive.list(cursor);
            for (ObjectInfo next : page) {
                long nextIndex = LogKeys.firstIndexOf(next.key());
                cursor = nextIndex;
                if (candidate != null) {
                    if (nextIndex > verifiedIndex + 1
                            || candidate.lastModified().isAfter(olderThan)) {
                        return LogKeys.firstIndexOf(candidate.key());
                    }
                    if (!startsATerm(candidate)) {
                        deletable.add(candidate.key());
                    }
                }
                candidate = next;
            }
            if (page.size() < LogArchive.LIST_LIMIT) {
                return floorAt(candidate);
            }
        }
    }

    private static long floorAt(@Nullable ObjectInfo candidate) {
        return candidate == null ? 1 : LogKeys.firstIndexOf(candidate.key());
    }

    private boolean startsATerm(ObjectInfo info) throws DamagedObjectException {
        if (info.sizeBytes() > MAX_TERM_START_BYTES) {
            return false;
        }
        Optional<Chunk> chunk = archive.read(LogKeys.firstIndexOf(info.key()));
        if (chunk.isEmpty()) {
            return false;
        }
        try {
            return chunk.get().frames().getFirst().entries().getFirst() instanceof Entry.TermStart;
        } catch (FrameException e) {
            throw new DamagedObjectException("chunk " + info.key(), String.valueOf(e.getMessage()), "keep it");
        }
    }
}
