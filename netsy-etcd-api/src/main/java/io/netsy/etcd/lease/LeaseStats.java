package io.netsy.etcd.lease;

/**
 * The lease service at a glance, for metrics. All figures count since the start.
 *
 * @param granted leases that were granted
 * @param revoked leases that ended, expired ones among them
 * @param renewed renewals that were answered
 * @param expired leases whose time ran out and that were revoked for it
 * @param deletedKeys keys that went with their leases
 * @param severalDeleted leases that took more than one key with them: transactions of several deletes to etcd
 */
public record LeaseStats(
        long granted, long revoked, long renewed, long expired, long deletedKeys, long severalDeleted) {}
