package io.netsy.bench.single;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.bench.lab.Measure;
import io.netsy.bench.lab.Scoreboard;
import io.netsy.bench.lab.Subject;
import io.netsy.bench.lab.Threshold;
import io.netsy.bench.lab.Threshold.Bound;
import io.netsy.bench.lab.Threshold.Outcome;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ThresholdsTest {
    @Test
    void everyPromiseIsCheckedAndUnmeasuredAtFirst() {
        List<Threshold> all = Thresholds.of(new Scoreboard(), EnumSet.allOf(Phase.class));

        assertThat(all).hasSize(23).allMatch(threshold -> threshold.outcome() == Outcome.NOT_MEASURED);
    }

    @Test
    void theWriteRatioIsTheMedianOverTheRounds() {
        Scoreboard figures = new Scoreboard();
        for (double ours : new double[] {1_000, 1_250, 1_300}) {
            figures.add(Subject.ETCD, Measure.PUT_1000, 1_000);
            figures.add(Subject.NETSY_FILE, Measure.PUT_1000, ours);
        }

        assertThat(Thresholds.of(figures, Set.of(Phase.THROUGHPUT)))
                .filteredOn(threshold -> threshold.outcome() != Outcome.NOT_MEASURED)
                .containsExactly(new Threshold("puts / etcd, netsy file", new Bound.AtLeast(1.2), Optional.of(1.25)));
    }
}
