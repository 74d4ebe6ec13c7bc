package io.netsy.node.recovery;

import io.netsy.etcd.state.StateMachine;
import io.netsy.etcd.state.StoreState;
import io.netsy.node.archive.ChainWalk;
import io.netsy.node.archive.DamagedObjectException;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.archive.SnapshotArchive;
import io.netsy.node.archive.SnapshotInfo;
import io.netsy.node.primary.PrimaryTerm.Tip;
import io.netsy.node.replica.OpenedReplica;
import io.netsy.node.replica.Replica;
import io.netsy.node.replica.ReplicaConfig;
import io.netsy.node.replica.ReplicaHealth;
import io.netsy.node.replica.ReplicaUnusableException;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.core.Chunk;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings this node's replica to the end of the log.
 *
 * <ol>
 *   <li>Open the replica's file. One that is damaged, of another disk, or not on the chain in the bucket is deleted.
 *   <li>Without a usable replica: load the newest snapshot that verifies and links to the chain, else begin at the start.
 *   <li>Walk the chunks from there, verifying each by checksum, chain and term, and apply them.
 * </ol>
 *
 * A replica that is ahead of the log in the bucket, and not by what this node's write-ahead file holds, is never
 * overwritten: the bucket must have lost objects. For one thread.
 */
public final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final Duration ROOM_WAIT = Duration.ofSeconds(30);

    private final Setup setup;
    private final Replica replica;
    private final ChainWalk walk;
    private StoreState state;
    private long chunkCount;

    /**
     * What recovery works with.
     *
     * @param heldLocally whether this node's write-ahead file has a frame that ends at a position: such a replica may be
     *     ahead of the bucket, for at {@code quorum} entries are archived after they are committed
     */
    public record Setup(
            ReplicaConfig replica,
            Consumer<ReplicaHealth> health,
            LogArchive archive,
            SnapshotArchive snapshots,
            Executor executor,
            RecoveryProgress progress,
            Predicate<LogPosition> heldLocally) {}

    private Recovery(Setup setup, OpenedReplica opened) {
        this.setup = setup;
        this.replica = opened.replica();
        this.state = opened.state();
        this.walk = new ChainWalk(setup.archive(), opened.position(), setup.executor());
    }

    /**
     * Opens or rebuilds the replica as far as it goes without the log's newest part; {@link #catchUp} does the rest.
     *
     * @throws RecoveryException when there is no way on without an operator
     */
    public static Recovery begin(Setup setup) throws RecoveryException, DamagedObjectException, IOException {
        try {
            OpenedReplica opened = Replica.open(setup.replica(), setup.health());
            if (isUsable(setup, opened)) {
                return new Recovery(setup, opened);
            }
            opened.replica().close();
        } catch (ReplicaUnusableException e) {
            LOG.warn("{}", e.getMessage());
        }
        Replica.delete(setup.replica().file());
        return new Recovery(setup, rebuild(setup));
    }

    private static boolean isUsable(Setup setup, OpenedReplica opened)
            throws DamagedObjectException, RecoveryException {
        LogPosition position = opened.position();
        if (position.equals(LogPosition.START)) {
            return setup.snapshots().newestFirst().isEmpty();
        }
        if (setup.archive().passesThrough(position) || setup.heldLocally().test(position)) {
            return true;
        }
        ChainWalk onward = new ChainWalk(setup.archive(), position, setup.executor());
        try {
            if (onward.next().isPresent()) {
                return true;
            }
        } catch (DamagedObjectException e) {
            LOG.warn("replica at {} is not on the chain, it is rebuilt: {}", position, e.getMessage());
            return false;
        }
        boolean snapshotIsNewer =
                setup.snapshots().newestFirst().stream().anyMatch(snapshot -> snapshot.index() >= position.index());
        if (snapshotIsNewer) {
            LOG.info("replica at {} is older than the log that is left, it is rebuilt", position);
            return false;
        }
        throw new RecoveryException(
                "replica %s holds the log up to %s, but %s has nothing of it: the bucket lost objects, or is another one's copy. Restore the bucket; or delete the replica's file to accept the loss and go on from what the bucket holds"
                        .formatted(
                                setup.replica().file(),
                                position,
                                setup.archive().describe()));
    }

    private static OpenedReplica rebuild(Setup setup) throws RecoveryException, DamagedObjectException, IOException {
        List<SnapshotInfo> snapshots = setup.snapshots().newestFirst();
        List<String> reasons = new ArrayList<>();
        for (SnapshotInfo snapshot : snapshots) {
            try {
                setup.snapshots().load(snapshot, setup.replica(), setup.progress()::snapshot);
                return Replica.open(setup.replica(), setup.health());
            } catch (DamagedObjectException | ReplicaUnusableException e) {
                LOG.error("snapshot not usable, trying an older one: {}", e.getMessage());
                reasons.add(String.valueOf(e.getMessage()));
                Replica.delete(setup.replica().file());
            }
        }
        if (!snapshots.isEmpty() && setup.archive().read(1).isEmpty()) {
            throw new RecoveryException(
                    "none of the %d snapshots in %s can be used, and the beginning of the log is gone; the newest: %s"
                            .formatted(snapshots.size(), setup.archive().describe(), reasons.getFirst()));
        }
        return Replica.open(setup.replica(), setup.health());
    }

    public Replica replica() {
        return replica;
    }

    /**
     * Applies what the log held when this was called. A primary that goes on writing is not run after, which may take as long as it
     * writes: what comes meanwhile is for its stream, or for {@link #advance} when it writes no more.
     *
     * @throws DamagedObjectException when a chunk is damaged, does not follow, or is missing in the middle
     * @throws RecoveryException when the replica can't take what is applied
     */
    public Tip catchUp() throws DamagedObjectException, RecoveryException {
        long newest = setup.archive().newestAfter(walk.end().index()).orElse(0L);
        boolean more = true;
        while (more && walk.end().index() < newest) {
            more = applyNext();
        }
        setup.progress().done(walk.end().index(), state.revision());
        return tip();
    }

    /**
     * Applies what the log holds beyond what was applied so far, up to its end; may be called again.
     *
     * @throws DamagedObjectException when a chunk is damaged, does not follow, or is missing in the middle
     * @throws RecoveryException when the replica can't take what is applied
     */
    public Tip advance() throws DamagedObjectException, RecoveryException {
        boolean more = true;
        while (more) {
            more = applyNext();
        }
        setup.progress().done(walk.end().index(), state.revision());
        return tip();
    }

    /** What is applied. */
    public Tip tip() {
        return new Tip(walk.end(), state);
    }

    private boolean applyNext() throws DamagedObjectException, RecoveryException {
        Optional<Chunk> chunk = walk.next();
        if (chunk.isEmpty()) {
            return false;
        }
        for (Frame frame : chunk.get().frames()) {
            apply(frame);
        }
        setup.progress().replayed(walk.end().index(), state.revision(), ++chunkCount);
        return true;
    }

    private void apply(Frame frame) throws DamagedObjectException, RecoveryException {
        try {
            List<Entry> entries = frame.entries();
            for (Entry entry : entries) {
                state = StateMachine.apply(state, entry).after();
            }
            replica.commit(frame.end(), entries);
            if (!replica.awaitRoom(ROOM_WAIT)) {
                throw new RecoveryException("the replica in %s does not take entries: %s"
                        .formatted(setup.replica().file(), replica.health()));
            }
        } catch (FrameException | IllegalStateException e) {
            throw new DamagedObjectException(
                    frame.toString(),
                    String.valueOf(e.getMessage()),
                    "restore the cluster into a new prefix from a snapshot");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RecoveryException("recovery was interrupted");
        }
    }
}
