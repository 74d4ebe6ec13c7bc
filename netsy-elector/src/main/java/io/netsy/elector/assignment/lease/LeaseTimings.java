package io.netsy.elector.assignment.lease;

import java.time.Duration;

/**
 * How long a holder has the role, and how often it renews; how often others look, too.
 *
 * @param lease without renewing; takeover from a holder that died takes this long and one look more
 * @param renewEvery at most half of the lease, so that one failed renewal costs nothing
 */
public record LeaseTimings(Duration lease, Duration renewEvery) {
    /** Clocks of two machines may run apart by this share of a lease. */
    private static final int DRIFT_SHARE = 20;

    /** What client-go takes for leader election. */
    public static final LeaseTimings CLIENT_GO = new LeaseTimings(Duration.ofSeconds(15), Duration.ofSeconds(2));

    public LeaseTimings {
        if (!renewEvery.isPositive() || lease.compareTo(renewEvery.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException(
                    "a lease of %d ms that is renewed each %d ms: the lease must be at least twice as long as the pause, and that above 0"
                            .formatted(lease.toMillis(), renewEvery.toMillis()));
        }
    }

    /** How long a holder believes that it is one, from before it asked for this time: less by what clocks may run apart. */
    public static Duration trustOf(Duration granted) {
        return granted.minus(granted.dividedBy(DRIFT_SHARE));
    }

    /** The pause after a failure: shorter, since time runs. */
    public Duration retryAfter() {
        return renewEvery.dividedBy(2);
    }
}
