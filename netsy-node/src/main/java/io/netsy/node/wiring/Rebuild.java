package io.netsy.node.wiring;

import io.netsy.node.datadir.DataDirectory;
import io.netsy.node.datadir.DataDirectoryException;
import io.netsy.node.replica.Replica;
import io.netsy.node.writeahead.WriteAheadFile;
import io.netsy.replication.core.StandbyEffect.RebuildFromBucket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** Takes from a data directory what can't be continued, so that the next start builds it anew from the store. */
final class Rebuild {
    private Rebuild() {}

    /**
     * Deletes replica and write-ahead file. Where that drops what the disk's word may still be needed for, the directory counts
     * as a new disk, durably before anything is deleted (protocol safety, 6).
     *
     * @param diskIds random ids
     * @throws DataDirectoryException when another process holds it, or it can't be written
     */
    static void wipe(Path dataDir, RebuildFromBucket order, Supplier<UUID> diskIds)
            throws IOException, DataDirectoryException {
        try (DataDirectory directory = DataDirectory.open(dataDir)) {
            Optional<DataDirectory.Identity> identity = directory.identity();
            if (order.losesVote() && identity.isPresent()) {
                directory.renewDisk(identity.get(), diskIds);
            }
            WriteAheadFile.delete(directory.writeAheadFolder());
            Replica.delete(directory.replicaFile());
        }
    }
}
