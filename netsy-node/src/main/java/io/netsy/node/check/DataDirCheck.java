package io.netsy.node.check;

import io.netsy.node.datadir.DataDirectory;
import io.netsy.node.datadir.DataDirectory.Identity;
import io.netsy.node.datadir.DataDirectoryException;
import io.netsy.node.replica.ReplicaCheck;
import io.netsy.node.replica.ReplicaUnusableException;
import io.netsy.node.writeahead.WriteAheadCheck;
import io.netsy.node.writeahead.WriteAheadDamagedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a data directory that no node runs on: its identity, the replica, the write-ahead file. Everything in it comes
 * back from the bucket, so the way out of most findings is to delete what is damaged.
 */
final class DataDirCheck {
    private final DataDirectory directory;
    private final List<Finding> findings;
    private final CheckProgress progress;

    /**
     * @param directory locked for as long as the check takes
     * @param findings where findings go
     */
    DataDirCheck(DataDirectory directory, List<Finding> findings, CheckProgress progress) {
        this.directory = directory;
        this.findings = findings;
        this.progress = progress;
    }

    DataDirSummary run() throws IOException {
        Identity identity = identity();
        ReplicaCheck.Found replica = replica(identity);
        return new DataDirSummary(directory.path(), identity, replica, writeAhead());
    }

    private @Nullable Identity identity() {
        try {
            return directory.identity().orElse(null);
        } catch (DataDirectoryException e) {
            findings.add(new Finding(e.object(), "can't be used: " + e.reason(), e.wayOut()));
            return null;
        }
    }

    private ReplicaCheck.@Nullable Found replica(@Nullable Identity identity) throws IOException {
        Path file = directory.replicaFile();
        if (!Files.exists(file)) {
            return null;
        }
        try {
            ReplicaCheck.Found found = ReplicaCheck.run(file, (rows, of) -> progress.at("replica rows", rows, of));
            if (identity != null) {
                compare(identity, found, file);
            }
            return found;
        } catch (ReplicaUnusableException e) {
            findings.add(Finding.of("replica " + file, e));
            return null;
        }
    }

    private void compare(Identity identity, ReplicaCheck.Found found, Path file) {
        boolean sameCluster = found.identity().clusterId().equals(identity.clusterId());
        if (!sameCluster || !found.identity().diskId().equals(identity.diskId())) {
            findings.add(new Finding(
                    "replica " + file,
                    sameCluster
                            ? "was made in another data directory: disk %s, this is disk %s"
                                    .formatted(found.identity().diskId(), identity.diskId())
                            : "belongs to cluster %s, its directory to cluster %s"
                                    .formatted(found.identity().clusterId(), identity.clusterId()),
                    "delete the file, it is built anew from the bucket"));
        }
    }

    private WriteAheadCheck.@Nullable Found writeAhead() throws IOException {
        try {
            return WriteAheadCheck.run(directory.writeAheadFolder()).orElse(null);
        } catch (WriteAheadDamagedException e) {
            findings.add(Finding.of("write-ahead file " + e.file(), e));
            return null;
        }
    }
}
