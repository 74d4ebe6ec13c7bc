package io.netsy.node.wiring;

import io.netsy.node.archive.ClusterIdentity;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.objectstore.ObjectStore;
import java.time.Instant;
import java.util.UUID;

/** The opened, tested store and the cluster it holds. */
record NodeStore(ObjectStore store, UUID clusterId) {
    static NodeStore identify(ObjectStore store, NodeClock clock) throws Exception {
        ClusterIdentity identity = ClusterIdentity.readOrCreate(
                store, clock.newId(), Instant.ofEpochMilli(clock.now().wallMillis()));
        return new NodeStore(store, identity.clusterId());
    }
}
