package io.netsy.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.bench.stats.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoreboardTest {
    private final Scoreboard figures = new Scoreboard();

    @Test
    void ratiosAreOfTheSameRound() {
        figures.add(Subject.ETCD, Measure.PUT_1000, 100);
        figures.add(Subject.NETSY_S3, Measure.PUT_1000, 150);
        figures.add(Subject.ETCD, Measure.PUT_1000, 50);
        figures.add(Subject.NETSY_S3, Measure.PUT_1000, 100);
        figures.add(Subject.ETCD, Measure.PUT_1000, 10);

        Samples ratios =
                figures.ratios(Subject.NETSY_S3, Subject.ETCD, Measure.PUT_1000).orElseThrow();

        assertThat(ratios.count()).isEqualTo(2);
        assertThat(ratios.min()).isEqualTo(1.5);
        assertThat(ratios.max()).isEqualTo(2);
    }

    @Test
    void whatWasNotMeasuredHasNoFigure() {
        figures.add(Subject.ETCD, Measure.PUT_1, 1);

        assertThat(figures.median(Subject.NETSY_FILE, Measure.PUT_1)).isEmpty();
        assertThat(figures.ratios(Subject.NETSY_FILE, Subject.ETCD, Measure.PUT_1))
                .isEmpty();
        assertThat(figures.median(Subject.ETCD, Measure.PUT_1)).contains(1.0);
    }

    @Test
    void theTableShowsMediansAndRatios() {
        figures.add(Subject.ETCD, Measure.PUT_1, 2_000);
        figures.add(Subject.NETSY_FILE, Measure.PUT_1, 3_000);

        assertThat(Table.of(figures, List.of(Subject.ETCD, Subject.NETSY_FILE)))
                .contains("| median | etcd | netsy file |")
                .contains("| puts/s, 1 client | 2,000 | 3,000 (1.50) |")
                .doesNotContain("creates");
    }
}
