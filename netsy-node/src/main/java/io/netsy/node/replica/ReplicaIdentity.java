package io.netsy.node.replica;

import java.util.UUID;

/**
 * Whose data a replica's file holds: a file of another cluster or of another data directory is never opened.
 *
 * @param clusterId the cluster's id
 * @param diskId the random id of the data directory the file was made in
 */
public record ReplicaIdentity(UUID clusterId, UUID diskId) {}
