package io.netsy.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.bench.lab.Threshold.Bound;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final Threshold GOOD = new Threshold("a", new Bound.AtLeast(1.2), Optional.of(1.2));
    private static final Threshold BAD = new Threshold("b", new Bound.Below(150), Optional.of(150.0));
    private static final Threshold UNKNOWN = new Threshold("c", new Bound.AtMost(15), Optional.empty());

    @Test
    void passesWhenAllHolds() {
        assertThat(Verdict.of(List.of(GOOD), List.of(), "")).isEqualTo(new Verdict("PASS a 1.20 (>= 1.20)", 0));
    }

    @Test
    void failsWhenOneIsBrokenEvenIfOthersAreUnknown() {
        assertThat(Verdict.of(List.of(GOOD, UNKNOWN, BAD), List.of(), "noise"))
                .isEqualTo(new Verdict("FAIL 1 of 3 broken: b 150 (< 150); noise", 1));
    }

    @Test
    void failsWhenAnOperationFailed() {
        assertThat(Verdict.of(List.of(GOOD), List.of("a write was lost"), ""))
                .isEqualTo(new Verdict("FAIL 1 of 2 broken: a write was lost", 1));
    }

    @Test
    void neverPassesWithSomethingUnknown() {
        assertThat(Verdict.of(List.of(GOOD, UNKNOWN), List.of(), ""))
                .isEqualTo(new Verdict("SKIPPED 1 of 2 thresholds could not be measured: c (<= 15.00)", 77));
        assertThat(Verdict.of(List.of(), List.of(), "").exitCode()).isEqualTo(77);
    }
}
