package io.netsy.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AckTimesTest {
    private final AtomicLong now = new AtomicLong();
    private final AckTimes times = new AckTimes(now::get);

    private void acknowledgedAt(long... nanos) {
        for (long at : nanos) {
            now.set(at);
            times.acknowledged();
        }
    }

    @Test
    void aGapThatEndedBeforeTheMomentDoesNotCountOneThatBeganBeforeItDoes() {
        acknowledgedAt(0, 900, 1000, 1300, 1310);

        assertThat(times.longestGapNanos(1100)).hasValue(300);
        assertThat(times.longestGapNanos(1305)).hasValue(10);
        assertThat(times.longestGapNanos(0)).hasValue(900);
    }

    @Test
    void whereNothingIsAcknowledgedAfterTheMomentThereIsNoGapButSilence() {
        acknowledgedAt(0, 10);

        assertThat(times.longestGapNanos(11)).isEmpty();
    }
}
