package io.netsy.node.archive;

import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of the chain in the bucket for an elector, which has no replica to begin a walk from.
 *
 * <p>A walk begins at a position that is known to be of the chain: where the last one ended; one that the register required, if a chunk
 * in the bucket holds it; one that a snapshot says, if a chunk holds it or follows it; the start. Calls block, one after the other.
 */
public final class TipFinder {
    private final LogArchive archive;
    private final SnapshotVerifier snapshots;
    private final Executor executor;
    private LogPosition anchor = LogPosition.START;

    /** @param executor runs blocking reads */
    public TipFinder(LogArchive archive, SnapshotVerifier snapshots, Executor executor) {
        this.archive = archive;
        this.snapshots = snapshots;
        this.executor = executor;
    }

    /**
     * The end, walked from now on.
     *
     * @param required what the register says that its primary had to hold, a place to begin at; null when it says nothing
     * @throws DamagedObjectException when there is a hole, a chunk that can't be used, or one that does not follow
     */
    public synchronized LogPosition find(@Nullable LogPosition required) throws DamagedObjectException {
        if (required != null && required.index() > anchor.index() && archive.passesThrough(required)) {
            anchor = required;
        }
        if (anchor.equals(LogPosition.START)) {
            newestUsable().ifPresent(position -> anchor = position);
        }
        try {
            anchor = walk(anchor);
        } catch (DamagedObjectException e) {
            // Retention may have deleted what the last walk ended at.
            Optional<LogPosition> newer = newestUsable().filter(position -> position.index() > anchor.index());
            if (newer.isEmpty()) {
                throw e;
            }
            anchor = walk(newer.get());
        }
        return anchor;
    }

    private LogPosition walk(LogPosition from) throws DamagedObjectException {
        ChainWalk walk = new ChainWalk(archive, from, executor);
        while (walk.next().isPresent()) {
            // Each chunk moves its end.
        }
        return walk.end();
    }

    private Optional<LogPosition> newestUsable() throws DamagedObjectException {
        List<SnapshotInfo> newestFirst = snapshots.newestFirst();
        for (SnapshotInfo snapshot : newestFirst) {
            Optional<LogPosition> position = positionOf(snapshot);
            if (position.isPresent() && isOnTheChain(position.get())) {
                return position;
            }
        }
        return Optional.empty();
    }

    private Optional<LogPosition> positionOf(SnapshotInfo snapshot) {
        try {
            return Optional.of(snapshots.readHeader(snapshot).position());
        } catch (IOException | DamagedObjectException _) {
            return Optional.empty();
        }
    }

    private boolean isOnTheChain(LogPosition position) {
        try {
            return archive.passesThrough(position)
                    || new ChainWalk(archive, position, executor).next().isPresent();
        } catch (DamagedObjectException _) {
            return false;
        }
    }
}
