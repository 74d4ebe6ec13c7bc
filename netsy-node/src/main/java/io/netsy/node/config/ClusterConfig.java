package io.netsy.node.config;

import io.netsy.replication.core.Replication.BucketLoss;
import io.netsy.replication.core.Replication.StandbyLoss;
import io.netsy.replication.core.SyncRule;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a cluster and how they commit together.
 *
 * @param nodes peer addresses by name, this node's own included
 * @param primary the node that writes; null when it is elected
 * @param rule what a commit waits for
 * @param noSync nodes whose word counts for no commit
 * @param loss what happens when too few standbys are there
 * @param bucketLoss what happens when the store does not answer
 * @param elector how the primary is picked; null when it is configured
 * @param tls of the peer listener and of connections to others; null is plaintext
 */
public record ClusterConfig(
        Map<String, HostPort> nodes,
        @Nullable String primary,
        @Nullable ElectorConfig elector,
        SyncRule rule,
        Set<String> noSync,
        StandbyLoss loss,
        BucketLoss bucketLoss,
        Duration standbyTimeout,
        Archive archive,
        NodeConfig.@Nullable Certificates tls) {
    public ClusterConfig {
        nodes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
        noSync = Set.copyOf(noSync);
    }

    /**
     * What is missing in the bucket at {@code quorum}.
     *
     * @param delay how long a committed entry waits for others before it is archived
     * @param outstandingBytes at which writes stall
     */
    public record Archive(Duration delay, long outstandingBytes) {}

    /** Whether an elector picks the node that writes. */
    public boolean isElected() {
        return primary == null;
    }

    /** Whether the node of this name writes by configuration. */
    public boolean isPrimary(String name) {
        return name.equals(primary);
    }
}
