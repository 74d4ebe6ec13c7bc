package io.netsy.node.check;

import java.util.List;
import java.util.UUID;

/** What a data directory claims of the bucket: that it belongs to its cluster, and that its positions are on its log. */
final class DataDirClaims {
    private DataDirClaims() {}

    static List<Claim> of(DataDirSummary dataDir, UUID cluster, String store, List<Finding> findings) {
        if (dataDir.identity() != null && !dataDir.identity().clusterId().equals(cluster)) {
            findings.add(new Finding(
                    "data directory " + dataDir.path(),
                    "belongs to cluster %s, %s holds cluster %s"
                            .formatted(dataDir.identity().clusterId(), store, cluster),
                    "check --store and --data-dir"));
            return List.of();
        }
        return dataDir.replica() == null
                ? List.of()
                : List.of(new Claim(
                        "replica in " + dataDir.path(),
                        "the end of what it applied",
                        dataDir.replica().position(),
                        "the bucket lost objects or is another one's copy: restore the bucket; or delete the replica to"
                                + " accept the loss and go on from what the bucket holds"));
    }
}
