package io.netsy.node.archive;

import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.replica.Replica;
import io.netsy.node.replica.ReplicaConfig;
import io.netsy.node.replica.ReplicaExport;
import io.netsy.node.snapshot.SnapshotDamagedException;
import io.netsy.node.snapshot.SnapshotHeader;
import io.netsy.node.snapshot.SnapshotReader;
import io.netsy.node.snapshot.SnapshotWriter;
import io.netsy.node.thread.Breather;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The snapshots in the bucket. Calls block; one thread takes, any thread reads. */
public final class SnapshotArchive {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotArchive.class);

    /** What is verified beside the writes of clients takes a third of a processor's time. */
    private static final int RESTS = 2;

    private final ObjectStore store;
    private final SnapshotWriter writer;
    private final SnapshotReader reader;
    private final SnapshotVerifier verifier;
    private final Path temporary;
    private final InstantSource clock;

    /** Is told how many bytes of how many were loaded. */
    @FunctionalInterface
    public interface LoadProgress {
        void loaded(String name, long loadedBytes, long totalBytes);
    }

    /** The log as far as it is in the bucket. */
    @FunctionalInterface
    public interface LogInBucket {
        /** Returns when it reaches this position. */
        void await(LogPosition position) throws IOException;
    }

    /**
     * @param temporary a directory for snapshots that are being written
     * @param clock says when a snapshot was made, for people
     */
    public SnapshotArchive(ObjectStore store, UUID clusterId, Path temporary, InstantSource clock) {
        this.store = store;
        this.writer = new SnapshotWriter(clusterId);
        this.reader = new SnapshotReader(clusterId);
        this.verifier = new SnapshotVerifier(store, clusterId);
        this.temporary = temporary;
        this.clock = clock;
    }

    /** All snapshots, the newest first. */
    public List<SnapshotInfo> newestFirst() {
        return verifier.newestFirst();
    }

    /**
     * Takes a snapshot of what the replica has applied, all of which is committed; uploads it once the log in the bucket reaches as
     * far, for a snapshot past it would be one of a history that nobody has yet (protocol safety, 17); reads it back and verifies it.
     * Writes go on meanwhile.
     *
     * @param log waits for the log in the bucket
     * @return the verified snapshot; an older one of the same position counts as it
     */
    public SnapshotInfo take(Replica replica, LogInBucket log) throws IOException, DamagedObjectException {
        Files.createDirectories(temporary);
        Path file = temporary.resolve("snapshot");
        try {
            SnapshotHeader header;
            try (ReplicaExport export = replica.export()) {
                header = writer.write(export, clock.instant(), file);
            }
            log.await(header.position());
            String key = SnapshotInfo.keyOf(header.position().index(), header.revision());
            PutOutcome outcome = store.uploadIfAbsent(key, file);
            SnapshotInfo taken = new SnapshotInfo(
                    key, header.position().index(), header.revision(), Files.size(file), clock.instant());
            Breather breather = new Breather(RESTS);
            verifier.verify(taken, (name, loaded, total) -> breather.rest());
            LOG.info(
                    "snapshot verified key={} rows={} size_mib={} new={}",
                    key,
                    header.rowCount(),
                    taken.sizeBytes() >> 20,
                    outcome instanceof PutOutcome.Created);
            return taken;
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /**
     * Builds a replica's file from a snapshot, verifying all of it first to last; nothing is left of a damaged one.
     *
     * @throws DamagedObjectException when the snapshot can't be used
     */
    public void load(SnapshotInfo snapshot, ReplicaConfig replica, LoadProgress progress)
            throws IOException, DamagedObjectException {
        try (InputStream stream = new CountedStream(store.open(snapshot.key()), snapshot, progress)) {
            SnapshotVerifier.check(snapshot, reader.load(snapshot.key(), stream, replica.file(), replica.identity()));
        } catch (SnapshotDamagedException e) {
            throw SnapshotVerifier.damaged(snapshot, e);
        }
    }

    /** Deletes all but the newest snapshots. */
    public void keepNewest(int count) {
        List<String> old =
                newestFirst().stream().skip(count).map(SnapshotInfo::key).toList();
        if (!old.isEmpty()) {
            store.delete(old);
            LOG.info("old snapshots deleted count={}", old.size());
        }
    }
}
