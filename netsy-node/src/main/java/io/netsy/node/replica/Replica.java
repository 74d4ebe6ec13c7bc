package io.netsy.node.replica;

import io.netsy.etcd.port.PurgeWitness;
import io.netsy.etcd.port.ReplicaMaintenance;
import io.netsy.etcd.port.RevisionStore;
import io.netsy.node.clock.SystemClock;
import io.netsy.node.replica.ReplicaLoader.Loaded;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The values of all revisions, in one SQLite file behind the key index, and the caches in front of it.
 *
 * <p>An entry is {@linkplain #stage staged} when it is sequenced: its values can be read from then on. Once committed it
 * is handed over with {@link #commit} and applied to the file soon after, by a thread of its own and with many others at
 * once; nobody waits for that. A crash may cost the file its newest entries, never its integrity (SQLite's WAL mode with
 * synchronous NORMAL); they come back from the write-ahead file or from the bucket, after {@link OpenedReplica#position}.
 *
 * <p>Safe for any thread, except that {@link #stage}, {@link #discardStaged} and {@link #commit} must be called in the
 * order of the log.
 */
public final class Replica implements RevisionStore, ReplicaMaintenance, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

    private final ReplicaConfig config;
    private final StagedRevisions staged;
    private final ValueCache cache;
    private final HealthMonitor health;
    private final ReplicaWriter writer;
    private final RevisionReader reader;
    private final Purger purger;
    private final ReplicaMeters meters = new ReplicaMeters(SystemClock.nanoTime(), SystemClock.wall());
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile LogPosition committed;

    private Replica(ReplicaConfig config, ReplicaOpener.Opened opened) throws SQLException {
        this.config = config;
        this.health = opened.health();
        this.staged = new StagedRevisions();
        this.cache = new ValueCache(config.limits().cacheBytes());
        Loaded loaded = opened.loaded();
        ReplicaWriter.Parts parts = new ReplicaWriter.Parts(opened.connection(), staged, cache, health, meters);
        this.writer = new ReplicaWriter(parts, config.limits(), loaded.meta(), this::onCompaction);
        this.reader = new RevisionReader(config, staged, cache, health);
        this.purger = new Purger(writer, reader, config.limits(), loaded, meters);
        this.committed = loaded.meta().position();
    }

    /**
     * Opens a replica's file, or makes an empty one, verifies it and reads the state.
     *
     * @param healthListener is told of each change of {@link #health}, by one of the replica's threads; must not block
     * @throws ReplicaUnusableException when the file has to be deleted and built anew
     * @throws IOException when the disk fails or refuses
     */
    public static OpenedReplica open(ReplicaConfig config, Consumer<ReplicaHealth> healthListener) throws IOException {
        ReplicaOpener.Opened opened = ReplicaOpener.open(config, healthListener);
        try {
            Replica replica = new Replica(config, opened);
            replica.writer.start();
            replica.purger.start();
            return new OpenedReplica(
                    replica, opened.loaded().state(), opened.loaded().meta().position());
        } catch (SQLException e) {
            throw Sqlite.asIoException(config.file(), e);
        }
    }

    /** Gets SQLite ready, so that {@link #open} is quicker later; useful on a thread of its own while a node starts. */
    public static void preload() {
        try {
            Sqlite.load();
        } catch (SQLException e) {
            LOG.debug("SQLite not loaded ahead reason=\"{}\"", e.getMessage());
        }
    }

    /** Deletes a replica's file and what SQLite keeps beside it; nobody may have it open. */
    public static void delete(Path file) throws IOException {
        for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
        }
    }

    private void onCompaction(long revision) {
        purger.compacted(revision);
    }

    /** Makes the values of a sequenced entry readable. Its revisions must be above all that were staged before. */
    public void stage(Entry entry) {
        staged.stage(entry);
    }

    /** Forgets what was staged and not committed: the term that sequenced it is given up. */
    public void discardStaged() {
        staged.discard();
    }

    /**
     * Hands over committed entries, those after the ones handed over before; never waits. Entries that were not staged
     * are staged here.
     *
     * @param position the last entry's place in the log, where a frame ends
     */
    public void commit(LogPosition position, List<Entry> entries) {
        long expected = committed.index() + entries.size();
        if (entries.isEmpty() || position.index() != expected || position.term() < committed.term()) {
            throw new IllegalArgumentException(
                    "%d entries up to %s can't follow %s".formatted(entries.size(), position, committed));
        }
        int revisions = 0;
        long bytes = 0;
        for (Entry entry : entries) {
            revisions += staged.commit(entry);
            bytes += CommittedBatch.sizeOf(entry);
        }
        committed = position;
        writer.enqueue(new CommittedBatch(position, List.copyOf(entries), revisions, bytes));
    }

    /** Bytes of committed entries that wait in memory to be applied. */
    public long backlogBytes() {
        return writer.backlogBytes();
    }

    /**
     * Waits until the backlog is below its limit.
     *
     * @return whether it is; false when the time is over: the disk is slow, full or read-only, see {@link #health}
     */
    public boolean awaitRoom(Duration atMost) throws InterruptedException {
        return writer.awaitRoom(atMost);
    }

    /** Up to where entries are in the file. */
    public LogPosition applied() {
        return writer.meta().position();
    }

    /**
     * Waits until entries up to an index are in the file.
     *
     * @return whether they are; false when the time is over or the replica is closed: see {@link #health}
     */
    public boolean awaitApplied(long index, Duration atMost) throws InterruptedException {
        return writer.awaitApplied(index, atMost);
    }

    /**
     * Up to where entries are in the file and flushed: they survive a power failure. Records of the write-ahead file up
     * to here are not needed to rebuild this replica.
     */
    public LogPosition durable() {
        return writer.durable();
    }

    /** What this replica did since it was opened. */
    public ReplicaMeters meters() {
        return meters;
    }

    /** Reads of the file that are under way. */
    public int openReads() {
        return reader.openReads();
    }

    /** Up to which compaction the rows that it took are gone from the file. */
    public long purgedRevision() {
        return writer.meta().purgedRevision();
    }

    public ReplicaHealth health() {
        return health.health();
    }

    /** Names the owner of the key index, who is asked to forget what compactions took; until then nothing is purged. */
    public void attach(CompactionSlices owner) {
        purger.attach(owner);
    }

    /** Names who is shown the history before each purge; to be named before the owner. */
    public void showPurges(PurgeWitness witness) {
        purger.show(witness);
    }

    /**
     * Opens a consistent view of everything in the file, at {@link #applied}. Writes go on, but SQLite's log grows with
     * them until the view is closed, so close it soon.
     */
    public ReplicaExport export() throws IOException {
        return ReplicaExport.open(config.file());
    }

    @Override
    public @Nullable Bytes cachedValue(long revisionId) {
        return reader.cachedValue(revisionId);
    }

    @Override
    public @Nullable Bytes[] values(long[] revisionIds) {
        return reader.values(revisionIds);
    }

    @Override
    public @Nullable StoredRevision revision(long revisionId) {
        return reader.revision(revisionId);
    }

    @Override
    public void scan(long fromId, long toId, Predicate<StoredRevision> visitor) {
        reader.scan(fromId, toId, visitor);
    }

    /** The file once the backlog is applied. */
    @Override
    public long sizeBytes() {
        return writer.pages().all() * ReplicaSchema.PAGE_BYTES + writer.backlogBytes();
    }

    @Override
    public long sizeInUseBytes() {
        ReplicaWriter.Pages pages = writer.pages();
        return (pages.all() - pages.free()) * ReplicaSchema.PAGE_BYTES + writer.backlogBytes();
    }

    @Override
    public long quotaBytes() {
        return config.limits().quotaBytes();
    }

    @Override
    public CompletableFuture<Void> defragment() {
        return purger.defragment();
    }

    @Override
    public CompletableFuture<Void> purged(long revision) {
        return purger.purged(revision);
    }

    /** Applies what was committed, if the disk allows, and closes the file. Reads fail from then on. */
    @Override
    public void close() throws IOException {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            purger.shutDown();
            writer.shutDown();
            reader.close();
        } catch (SQLException e) {
            throw Sqlite.asIoException(config.file(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while replica %s was closed".formatted(config.file()), e);
        } finally {
            cache.close();
        }
    }

    ReplicaWriter writer() {
        return writer;
    }
}
