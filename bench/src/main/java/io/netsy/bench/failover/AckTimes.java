package io.netsy.bench.failover;

import io.netsy.bench.clock.NanoClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** When writes were acknowledged. Safe for any thread. */
final class AckTimes {
    private final NanoClock clock;
    private final List<Long> times = new ArrayList<>();

    AckTimes(NanoClock clock) {
        this.clock = clock;
    }

    /** A write is acknowledged now. */
    synchronized void acknowledged() {
        times.add(clock.nanos());
    }

    /**
     * The longest time without an acknowledgement that ended after a moment; empty when there was none any more.
     *
     * @param fromNanos the moment
     */
    synchronized OptionalLong longestGapNanos(long fromNanos) {
        long longest = -1;
        for (int i = 1; i < times.size(); i++) {
            if (times.get(i) - fromNanos >= 0) {
                longest = Math.max(longest, times.get(i) - times.get(i - 1));
            }
        }
        return longest < 0 ? OptionalLong.empty() : OptionalLong.of(longest);
    }

    /** The same in milliseconds, for people. */
    static double millis(long nanos) {
        return nanos / (double) Duration.ofMillis(1).toNanos();
    }
}
