package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When streams that want a leader are ended. */
final class LeaderWatchTest {
    private long nowNanos;
    private boolean led = true;
    private int told;

    private final LeaderWatch watch = new LeaderWatch(() -> led, () -> nowNanos, () -> told++);

    private void lookAfter(Duration time) {
        nowNanos += time.toNanos();
        watch.look();
    }

    @Test
    void aShortElectionIsNoLoss() {
        lookAfter(Duration.ofSeconds(5));
        led = false;
        lookAfter(Duration.ofMillis(2900));
        led = true;
        lookAfter(Duration.ofSeconds(1));
        led = false;
        lookAfter(Duration.ofMillis(2900));

        assertThat(told).isZero();
    }

    @Test
    void aLossIsToldOnceUntilThereIsALeaderAgain() {
        led = false;
        lookAfter(Duration.ofSeconds(3));
        lookAfter(Duration.ofSeconds(3));
        assertThat(told).isEqualTo(1);

        led = true;
        lookAfter(Duration.ofSeconds(1));
        led = false;
        lookAfter(Duration.ofSeconds(3));
        assertThat(told).isEqualTo(2);
    }
}
