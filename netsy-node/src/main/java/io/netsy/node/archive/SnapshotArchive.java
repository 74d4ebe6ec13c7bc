package io.netsy.node.archive;

import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.replica.Replica;
import io.netsy.node.replica.ReplicaConfig;
import io.netsy.node.replica.ReplicaExport;
import io.netsy.node.snapshot.SnapshotDamagedException;
import io.netsy.node.snapshot.SnapshotHeader;
import io.netsy.node.snapshot.SnapshotReader;
import io.netsy.node.snapshot.SnapshotWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The snapshots in the bucket. Calls block; one thread takes, any thread reads. */
public final class SnapshotArchive {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotArchive.class);
    private static final int LIST_LIMIT = 1000;

    private final ObjectStore store;
    private final SnapshotWriter writer;
    private final SnapshotReader reader;
    private final Path temporary;
    private final InstantSource clock;

    /** Is told how many bytes of how many were loaded. */
    @FunctionalInterface
    public interface LoadProgress {
        void loaded(String name, long loadedBytes, long totalBytes);
    }

    /**
     * @param temporary a directory for snapshots that are being written
     * @param clock says when a snapshot was made, for people
     */
    public SnapshotArchive(ObjectStore store, UUID clusterId, Path temporary, InstantSource clock) {
        this.store = store;
        this.writer = new SnapshotWriter(clusterId);
        this.reader = new SnapshotReader(clusterId);
        this.temporary = temporary;
        this.clock = clock;
    }

    /** All snapshots, the newest first. */
    public List<SnapshotInfo> newestFirst() {
        List<SnapshotInfo> snapshots = new ArrayList<>();
        String cursor = null;
        while (true) {
            List<ObjectInfo> page = store.list(LogKeys.SNAPSHOT_PREFIX, cursor, LIST_LIMIT);
            for (ObjectInfo info : page) {
                cursor = info.key();
                SnapshotInfo.of(info).ifPresent(snapshots::add);
            }
            if (page.size() < LIST_LIMIT) {
                return snapshots.reversed();
            }
        }
    }

    /**
     * Takes a snapshot of what the replica has applied, all of which is committed; uploads it, reads it back and verifies
     * it. Writes go on meanwhile.
     *
     * @return the verified snapshot; an older one of the same position counts as it
     */
    public SnapshotInfo take(Replica replica) throws IOException, DamagedObjectException {
        Files.createDirectories(temporary);
        Path file = temporary.resolve("snapshot");
        try {
            SnapshotHeader header;
            try (ReplicaExport export = replica.export()) {
                header = writer.write(export, clock.instant(), file);
            }
            String key = SnapshotInfo.keyOf(header.position().index(), header.revision());
            PutOutcome outcome = store.uploadIfAbsent(key, file);
            SnapshotInfo taken = new SnapshotInfo(key, header.position().index(), header.revision(), Files.size(file));
            verify(taken);
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

    private void verify(SnapshotInfo snapshot) throws IOException, DamagedObjectException {
        try (InputStream stream = store.open(snapshot.key())) {
            check(snapshot, reader.verify(snapshot.key(), stream));
        } catch (SnapshotDamagedException e) {
            throw damaged(snapshot, String.valueOf(e.getMessage()));
        }
    }

    private static void check(SnapshotInfo snapshot, SnapshotHeader header) throws DamagedObjectException {
        if (header.position().index() != snapshot.index() || header.revision() != snapshot.revision()) {
            throw damaged(
                    snapshot,
                    "it is of index %d, revision %d".formatted(header.position().index(), header.revision()));
        }
    }

    private static DamagedObjectException damaged(SnapshotInfo snapshot, String reason) {
        return new DamagedObjectException(
                "snapshot " + snapshot.key(), reason, "restore an earlier version of the object, or delete it");
    }

    /**
     * Builds a replica's file from a snapshot, verifying all of it first to last; nothing is left of a damaged one.
     *
     * @throws DamagedObjectException when the snapshot can't be used
     */
    public void load(SnapshotInfo snapshot, ReplicaConfig replica, LoadProgress progress)
            throws IOException, DamagedObjectException {
        try (InputStream stream = new CountedStream(store.open(snapshot.key()), snapshot, progress)) {
            check(snapshot, reader.load(snapshot.key(), stream, replica.file(), replica.identity()));
        } catch (SnapshotDamagedException e) {
            throw damaged(snapshot, String.valueOf(e.getMessage()));
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
