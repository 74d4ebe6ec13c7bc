package io.netsy.etcd.lease;

import java.time.Duration;

/**
 * How leases are counted (etcd semantics, section 12).
 *
 * @param minTtlSeconds a shorter time to live is raised to this
 * @param checkpointInterval how often what is left of a lease that lives longer than this is logged
 */
public record LeaseSettings(long minTtlSeconds, Duration checkpointInterval) {
    /** A longer time to live is refused. */
    public static final long MAX_TTL_SECONDS = 9_000_000_000L;

    public static final LeaseSettings DEFAULT = new LeaseSettings(2, Duration.ofMinutes(5));

    public LeaseSettings {
        if (minTtlSeconds < 1 || minTtlSeconds > MAX_TTL_SECONDS || checkpointInterval.toSeconds() < 1) {
            throw new IllegalArgumentException(
                    "least time to live of %d s, checkpoints every %s".formatted(minTtlSeconds, checkpointInterval));
        }
    }
}
