package io.netsy.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.bench.lab.Measure;
import io.netsy.bench.lab.Scoreboard;
import io.netsy.bench.lab.Subject;
import io.netsy.bench.lab.Threshold;
import io.netsy.bench.lab.Threshold.Outcome;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClusterThresholdsTest {
    private final Scoreboard figures = new Scoreboard();

    private void measure(Measure measure, double etcd, double netsy) {
        figures.add(Subject.ETCD, measure, etcd);
        figures.add(Subject.NETSY_QUORUM, measure, netsy);
    }

    private List<Outcome> outcomes(ClusterPhase phase) {
        return ClusterThresholds.of(figures, Set.of(phase)).stream()
                .map(Threshold::outcome)
                .toList();
    }

    @Test
    void everyPromiseIsCheckedAndUnmeasuredAtFirst() {
        assertThat(ClusterThresholds.of(figures, EnumSet.allOf(ClusterPhase.class)))
                .hasSize(15)
                .allMatch(threshold -> threshold.outcome() == Outcome.NOT_MEASURED);
    }

    @Test
    void putsAreTwiceEtcdsAndNoLater() {
        measure(Measure.PUT_1000, 10_000, 20_000);
        for (ClusterLoad load : List.of(ClusterLoad.PUTS_1, ClusterLoad.PUTS_10, ClusterLoad.PUTS_100)) {
            measure(load.p50(), 2, 2);
            measure(load.p99(), 4, 4);
        }
        assertThat(outcomes(ClusterPhase.QUORUM)).hasSize(7).containsOnly(Outcome.HOLDS);
    }

    @Test
    void lessThanTwiceOrLaterIsBroken() {
        measure(Measure.PUT_1000, 10_000, 19_900);
        measure(Measure.PUT_1_P50, 2, 2.1);
        measure(Measure.PUT_1_P99, 4, 3);
        assertThat(outcomes(ClusterPhase.QUORUM))
                .startsWith(Outcome.BROKEN, Outcome.BROKEN, Outcome.HOLDS, Outcome.NOT_MEASURED);
    }

    @Test
    void readsScaleByTheBusiestNodeAndAreNoFewerThanEtcds() {
        measure(Measure.GET_CPU_SCALE, 2.5, 1.5);
        measure(Measure.GET_SERIALIZABLE, 30_000, 30_000);
        assertThat(outcomes(ClusterPhase.READS)).containsExactly(Outcome.HOLDS, Outcome.HOLDS);
        measure(Measure.GET_CPU_SCALE, 2.5, 1.2);
        measure(Measure.GET_SERIALIZABLE, 30_000, 29_000);
        assertThat(outcomes(ClusterPhase.READS)).containsExactly(Outcome.BROKEN, Outcome.BROKEN);
    }

    @Test
    void farAwayTheMedianOfFewClientsCountsAndTheThroughputOfMany() {
        figures.add(Subject.NETSY_ON_DELAYED, Measure.PUT_1000, 10_000);
        figures.add(Subject.NETSY_ON_DELAYED, Measure.PUT_1000_S3, 4);
        figures.add(Subject.NETSY_ON_DELAYED, Measure.PUT_1_S3, 1.5);
        figures.add(Subject.NETSY_ON_DELAYED, Measure.PUT_100_S3, 1.6);
        assertThat(outcomes(ClusterPhase.DELAYED)).containsExactly(Outcome.HOLDS, Outcome.HOLDS, Outcome.BROKEN);
    }
}
