package io.netsy.node.election;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WalkPaceTest {
    private final WalkPace pace = new WalkPace();
    private long nowNanos;

    /** A walk after the pause that was asked for. */
    private void walk(Duration took) {
        nowNanos += pace.pause().toNanos();
        long startNanos = nowNanos;
        nowNanos += took.toNanos();
        pace.walked(startNanos, nowNanos);
    }

    @Test
    void aClusterAtRestIsWalkedOnceAMinute() {
        for (int i = 0; i < 10; i++) {
            walk(Duration.ofMillis(10));
        }
        assertThat(pace.pause()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void oneUnderLoadIsWalkedOftenEnoughThatAWalkIsShort() {
        for (int i = 0; i < 20; i++) {
            // Half an hour of it would take three minutes to read.
            walk(pace.pause().dividedBy(10));
        }
        assertThat(pace.pause().dividedBy(10)).isBetween(Duration.ofMillis(200), Duration.ofMillis(300));
    }

    @Test
    void aBurstIsNoticedWithTheNextWalk() {
        for (int i = 0; i < 10; i++) {
            walk(Duration.ofMillis(10));
        }
        walk(Duration.ofSeconds(6));
        assertThat(pace.pause()).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void itIsNeverWithoutPause() {
        for (int i = 0; i < 10; i++) {
            walk(Duration.ofSeconds(30));
        }
        assertThat(pace.pause()).isEqualTo(Duration.ofSeconds(1));
    }
}
