package io.netsy.replication.core;

import io.netsy.replication.model.CommitLevel;
import java.time.Duration;

/**
 * What governs a primary.
 *
 * @param level the commit level in force, as the register says
 * @param lease how long one look at the register is good for, as the register says; zero: each read asks
 * @param retryMin the first pause after a failed request to the bucket; doubled up to {@code retryMax}
 */
public record PrimarySettings(CommitLevel level, Duration lease, Duration retryMin, Duration retryMax) {
    public PrimarySettings {
        if (lease.isNegative() || !retryMin.isPositive() || retryMax.compareTo(retryMin) < 0) {
            throw new IllegalArgumentException("lease %s, retry from %s to %s".formatted(lease, retryMin, retryMax));
        }
    }
}
