package io.netsy.node.replica;

import java.nio.file.Path;

/** Where a replica's file is, whose it is, and how much it may take. */
public record ReplicaConfig(Path file, ReplicaIdentity identity, ReplicaLimits limits) {}
