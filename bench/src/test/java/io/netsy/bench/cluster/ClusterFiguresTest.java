package io.netsy.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netsy.bench.lab.Measure;
import io.netsy.bench.lab.Scoreboard;
import io.netsy.bench.lab.Subject;
import io.netsy.bench.load.LoadResult;
import io.netsy.bench.load.Series;
import io.netsy.bench.stats.ErrorCounts;
import io.netsy.bench.stats.LatencyHistogram;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterFiguresTest {
    private final Scoreboard scoreboard = new Scoreboard();
    private final ClusterFigures figures = new ClusterFigures(scoreboard);

    private static LoadResult oneSecondOf(Series series, int count, Duration latency) {
        return new LoadResult(1_000_000_000L, Map.of(series, latencies(count, latency)), new ErrorCounts(), 0);
    }

    private static LatencyHistogram latencies(int count, Duration latency) {
        LatencyHistogram all = new LatencyHistogram();
        for (int i = 0; i < count; i++) {
            all.record(latency.toNanos());
        }
        return all;
    }

    private double median(Subject subject, Measure measure) {
        return scoreboard.median(subject, measure).orElseThrow();
    }

    @Test
    void threeNodesAreComparedWithOneOfTheSameRound() {
        Duration latency = Duration.ofMillis(1);
        figures.note(
                ClusterLoad.GETS_PACED,
                Subject.NETSY_QUORUM,
                oneSecondOf(Series.GET, 900, latency),
                Duration.ofMillis(300));
        figures.note(
                ClusterLoad.GETS_PACED_AT_ONE,
                Subject.NETSY_QUORUM,
                oneSecondOf(Series.GET, 1000, latency),
                Duration.ofSeconds(1));
        figures.endRound();

        assertThat(median(Subject.NETSY_QUORUM, Measure.GET_CPU_SCALE)).isEqualTo(3.0, within(0.01));
        assertThat(scoreboard.median(Subject.NETSY_QUORUM, Measure.EVENT_CPU_SCALE))
                .isEmpty();
    }

    @Test
    void aRoundDoesNotSeeTheOneBefore() {
        LoadResult gets = oneSecondOf(Series.GET, 10, Duration.ofMillis(1));
        figures.note(ClusterLoad.GETS_PACED, Subject.ETCD, gets, Duration.ofMillis(1));
        figures.endRound();
        figures.note(ClusterLoad.GETS_PACED_AT_ONE, Subject.ETCD, gets, Duration.ofMillis(1));
        figures.endRound();

        assertThat(scoreboard.median(Subject.ETCD, Measure.GET_CPU_SCALE)).isEmpty();
    }

    @Test
    void theMedianIsPutInRelationToTheS3Put() {
        LoadResult puts = oneSecondOf(Series.PUT, 10, Duration.ofMillis(30));
        figures.noteS3Put(ClusterLoad.PUTS_100, Subject.NETSY_ON_DELAYED, puts, latencies(5, Duration.ofMillis(20)));

        assertThat(median(Subject.NETSY_ON_DELAYED, Measure.PUT_100_S3)).isEqualTo(1.5, within(0.02));
    }

    @Test
    void aCommitsSizeIsThatOfItsEntries() {
        assertThat(ClusterRun.commitBytes(1000, 10)).isEqualTo(100 * 1056);
        assertThat(ClusterRun.commitBytes(5, 7)).isEqualTo(1056);
        assertThat(ClusterRun.commitBytes(5, 0)).isEqualTo(5 * 1056);
    }
}
