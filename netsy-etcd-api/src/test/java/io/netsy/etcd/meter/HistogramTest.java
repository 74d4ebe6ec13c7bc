package io.netsy.etcd.meter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HistogramTest {
    @Test
    void aBoundBelongsToTheBucketBelowIt() {
        Histogram histogram = Histogram.ofSeconds(Duration.ofMillis(1), 3);
        histogram.record(0);
        histogram.record(1_000_000);
        histogram.record(1_000_001);
        histogram.record(4_000_000);
        histogram.record(4_000_001);

        Histogram.Snapshot snapshot = histogram.snapshot();

        assertThat(snapshot.bounds()).containsExactly(0.001, 0.002, 0.004);
        assertThat(snapshot.cumulative()).containsExactly(2, 3, 4, 5);
        assertThat(snapshot.sum()).isEqualTo(0.010000002);
        assertThat(histogram.count()).isEqualTo(5);
    }

    @Test
    void numbersAreShownAsTheyAre() {
        Histogram histogram = Histogram.ofNumbers(100, 14);
        histogram.record(819_200);

        assertThat(histogram.snapshot().bounds()).startsWith(100, 200, 400).endsWith(409_600, 819_200);
        assertThat(histogram.snapshot().sum()).isEqualTo(819_200);
        assertThat(histogram.snapshot().cumulative()[12]).isZero();
        assertThat(histogram.snapshot().cumulative()[13]).isEqualTo(1);
    }
}
