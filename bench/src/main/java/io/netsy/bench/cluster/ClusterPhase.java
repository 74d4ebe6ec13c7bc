package io.netsy.bench.cluster;

/** The parts of a run. A round has the loads of all chosen ones. */
enum ClusterPhase {
    /** Puts at level {@code quorum} against etcd's. */
    QUORUM,
    /** Serializable gets over three nodes and at one. */
    READS,
    /** Watchers at the standbys, at three nodes and at one. */
    WATCHES,
    /** Puts at level {@code on}, on an object store far away. */
    DELAYED
}
