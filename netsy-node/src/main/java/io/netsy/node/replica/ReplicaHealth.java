package io.netsy.node.replica;

/** Whether committed entries reach the replica's file. */
public sealed interface ReplicaHealth {
    /** They do. */
    record Healthy() implements ReplicaHealth {}

    /**
     * The disk refuses writes: full, read-only, failing. Entries are kept in memory and retried; reads go on. Ends by
     * itself once the disk takes writes again.
     */
    record Stalled(String reason) implements ReplicaHealth {}

    /** The file is damaged: it has to be built anew. Nothing more is applied. */
    record Failed(String reason) implements ReplicaHealth {}
}
