package io.netsy.bench.stats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ErrorCountsTest {
    @Test
    void statusCodesAreNoBrokenPromises() {
        ErrorCounts counts = new ErrorCounts();
        counts.add("UNAVAILABLE", 2);
        counts.add("TIMEOUT", 1);
        counts.add("WriteLost", 3);
        counts.add("Conflict", 0);

        assertThat(counts.total()).isEqualTo(6);
        assertThat(counts.brokenPromises()).isEqualTo(3);
        assertThat(counts).hasToString("{TIMEOUT=1, UNAVAILABLE=2, WriteLost=3}");
    }

    @Test
    void nothingCountedIsEmpty() {
        ErrorCounts counts = new ErrorCounts();
        counts.add("WriteLost", -4);

        assertThat(counts.isEmpty()).isTrue();
    }
}
