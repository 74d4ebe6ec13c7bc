package io.netsy.bench.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyHistogramTest {
    private final LatencyHistogram histogram = new LatencyHistogram();

    @Test
    void anEmptyOneAnswersZero() {
        assertThat(histogram.count()).isZero();
        assertThat(histogram.quantileNanos(0.99)).isZero();
        assertThat(histogram.meanNanos()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, 255, 256, 257, 511, 512, 1_000_000, 123_456_789_012L, Long.MAX_VALUE})
    void oneValueIsEveryQuantile(long value) {
        histogram.record(value);

        assertThat(histogram.quantileNanos(0.001)).isEqualTo(value);
        assertThat(histogram.quantileNanos(1)).isEqualTo(value);
        assertThat(histogram.maxNanos()).isEqualTo(value);
    }

    @Test
    void valuesBelow256AreExact() {
        for (int value = 0; value < 256; value++) {
            histogram.record(value);
        }

        assertThat(histogram.quantileNanos(0.5)).isEqualTo(127);
        assertThat(histogram.quantileNanos(0.25)).isEqualTo(63);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 0.9, 0.99, 0.999, 1})
    void quantilesAreThoseOfTheSortedValuesWithinABucket(double quantile) {
        SplittableRandom random = new SplittableRandom(7);
        long[] values = new long[20_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (long) Math.exp(random.nextDouble() * 22);
            histogram.record(values[i]);
        }
        Arrays.sort(values);

        long exact = values[(int) Math.ceil(quantile * values.length) - 1];

        assertThat(histogram.quantileNanos(quantile)).isGreaterThanOrEqualTo(exact);
        assertThat((double) histogram.quantileNanos(quantile)).isCloseTo((double) exact, withPercentage(0.8));
    }

    @Test
    void addingIsRecordingTheOthersValues() {
        LatencyHistogram other = new LatencyHistogram();
        histogram.record(100);
        other.record(5_000);
        other.record(200);

        histogram.add(other);

        assertThat(histogram.count()).isEqualTo(3);
        assertThat(histogram.quantileNanos(0.5)).isEqualTo(200);
        assertThat(histogram.maxNanos()).isEqualTo(5_000);
        assertThat(histogram.meanNanos()).isCloseTo(5_300 / 3.0, withPercentage(0.001));
    }

    @Test
    void negativeValuesCountAsZero() {
        histogram.record(-5);

        assertThat(histogram.count()).isEqualTo(1);
        assertThat(histogram.quantileNanos(1)).isZero();
    }

    @Test
    void aQuantileIsAboveZeroAndAtMostOne() {
        assertThatThrownBy(() -> histogram.quantileNanos(0)).hasMessageContaining("0.0");
        assertThatThrownBy(() -> histogram.quantileNanos(99)).hasMessageContaining("99");
    }
}
