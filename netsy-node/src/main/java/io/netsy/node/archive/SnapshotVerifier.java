package io.netsy.node.archive;

import io.netsy.node.archive.SnapshotArchive.LoadProgress;
import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.snapshot.SnapshotDamagedException;
import io.netsy.node.snapshot.SnapshotHeader;
import io.netsy.node.snapshot.SnapshotReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Lists the snapshots of a bucket and verifies them, without writing anything. Calls block; for any thread. */
public final class SnapshotVerifier {
    private static final int LIST_LIMIT = 1000;

    private final ObjectStore store;
    private final SnapshotReader reader;

    public SnapshotVerifier(ObjectStore store, UUID clusterId) {
        this.store = store;
        this.reader = new SnapshotReader(clusterId);
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
     * Reads a snapshot from first to last and verifies all of it.
     *
     * @throws DamagedObjectException when it can't be used
     * @throws IOException when it can't be read now
     */
    public SnapshotHeader verify(SnapshotInfo snapshot, LoadProgress progress)
            throws IOException, DamagedObjectException {
        try (InputStream stream = new CountedStream(store.open(snapshot.key()), snapshot, progress)) {
            SnapshotHeader header = reader.verify(snapshot.key(), stream);
            check(snapshot, header);
            return header;
        } catch (SnapshotDamagedException e) {
            throw damaged(snapshot, e);
        }
    }

    /**
     * Reads what a snapshot says of itself; the rest of it is not looked at.
     *
     * @throws DamagedObjectException when it is no snapshot of this cluster, or another one than its key says
     * @throws IOException when it can't be read now
     */
    public SnapshotHeader readHeader(SnapshotInfo snapshot) throws IOException, DamagedObjectException {
        try (InputStream stream = store.open(snapshot.key())) {
            SnapshotHeader header = reader.header(snapshot.key(), stream);
            check(snapshot, header);
            return header;
        } catch (SnapshotDamagedException e) {
            throw damaged(snapshot, e);
        }
    }

    static void check(SnapshotInfo snapshot, SnapshotHeader header) throws DamagedObjectException {
        if (header.position().index() != snapshot.index() || header.revision() != snapshot.revision()) {
            throw damaged(
                    snapshot,
                    "it is of index %d, revision %d".formatted(header.position().index(), header.revision()));
        }
    }

    static DamagedObjectException damaged(SnapshotInfo snapshot, SnapshotDamagedException e) {
        return e.newerFormat() > 0
                ? DamagedObjectException.ofNewerFormat("snapshot " + snapshot.key(), e.newerFormat(), e.knownFormat())
                : damaged(snapshot, e.reason());
    }

    private static DamagedObjectException damaged(SnapshotInfo snapshot, String reason) {
        return new DamagedObjectException(
                "snapshot " + snapshot.key(), reason, "restore an earlier version of the object, or delete it");
    }
}
