package io.netsy.node.election;

import java.time.Duration;

/**
 * How often an elector walks to the end of the log, so that the walk in an election takes a quarter of a second or so: the more is
 * written the more often, a cluster at rest once a minute. Safe for any thread.
 */
final class WalkPace {
    static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final Duration WALK = Duration.ofMillis(250);

    private long lastNanos;
    private boolean begun;
    private Duration pause = SHORTEST;

    /** A walk ended that went on where the last one ended. */
    synchronized void walked(long startNanos, long endNanos) {
        long tookNanos = Math.max(endNanos - startNanos, 1);
        if (begun) {
            double share = (double) tookNanos / (double) Math.max(endNanos - lastNanos, 1);
            Duration wished = Duration.ofMillis(Math.min(Math.round(WALK.toMillis() / share), LONGEST.toMillis()));
            pause = clamp(wished, pause.multipliedBy(2));
        }
        begun = true;
        lastNanos = endNanos;
    }

    /** Quick to get shorter, slow to get longer. */
    private static Duration clamp(Duration wished, Duration most) {
        Duration atMost = most.compareTo(LONGEST) < 0 ? most : LONGEST;
        Duration bounded = wished.compareTo(atMost) < 0 ? wished : atMost;
        return bounded.compareTo(SHORTEST) > 0 ? bounded : SHORTEST;
    }

    /** Until the next walk. */
    synchronized Duration pause() {
        return pause;
    }
}
