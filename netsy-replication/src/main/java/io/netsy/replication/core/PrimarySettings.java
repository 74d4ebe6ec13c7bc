package io.netsy.replication.core;

import java.time.Duration;

/**
 * What governs a primary.
 *
 * @param inForce the rule in force at the beginning, as the register says
 * @param lease how long one look at the register is good for, as the register says; zero: each read asks
 * @param retryMin the first pause after a failed request to the bucket; doubled up to {@code retryMax}
 * @param replication its standbys
 */
public record PrimarySettings(
        SyncRule inForce, Duration lease, Duration retryMin, Duration retryMax, Replication replication) {
    public PrimarySettings {
        if (lease.isNegative() || !retryMin.isPositive() || retryMax.compareTo(retryMin) < 0) {
            throw new IllegalArgumentException("lease %s, retry from %s to %s".formatted(lease, retryMin, retryMax));
        }
    }
}
