package io.netsy.bench.single;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.bench.lab.Scoreboard;
import io.netsy.bench.lab.Subject;
import io.netsy.bench.lab.Threshold;
import io.netsy.bench.lab.Threshold.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApiThresholdsTest {
    private final Scoreboard figures = new Scoreboard();

    private void measure(ApiLoad load, double throughputRatio, double latencyRatio) {
        figures.add(Subject.ETCD, load.throughput(), 1_000);
        figures.add(Subject.ETCD, load.latency(), 10);
        figures.add(Subject.NETSY_FILE, load.throughput(), 1_000 * throughputRatio);
        figures.add(Subject.NETSY_FILE, load.latency(), 10 * latencyRatio);
    }

    private List<Outcome> outcomes(ApiLoad load) {
        int first = 2 * List.of(ApiLoad.values()).indexOf(load);
        return ApiThresholds.of(figures).subList(first, first + 2).stream()
                .map(Threshold::outcome)
                .toList();
    }

    @Test
    void everyLoadPromisesThroughputAndLatency() {
        assertThat(ApiThresholds.of(figures))
                .hasSize(2 * ApiLoad.values().length)
                .allMatch(threshold -> threshold.outcome() == Outcome.NOT_MEASURED);
        for (ApiLoad load : ApiLoad.values()) {
            measure(load, 1, 1);
        }
        assertThat(ApiThresholds.of(figures)).allMatch(threshold -> threshold.outcome() == Outcome.HOLDS);
    }

    @Test
    void slowerThanEtcdIsBroken() {
        measure(ApiLoad.GRANT, 0.99, 1.01);
        assertThat(outcomes(ApiLoad.GRANT)).containsExactly(Outcome.BROKEN, Outcome.BROKEN);
    }

    @Test
    void aLoadThatIsPacedMayMissATrifle() {
        measure(ApiLoad.KEEPALIVE, 0.99, 0.5);
        assertThat(outcomes(ApiLoad.KEEPALIVE)).containsExactly(Outcome.HOLDS, Outcome.HOLDS);
        measure(ApiLoad.WATCH_PREFIX, 0.9, 1);
        assertThat(outcomes(ApiLoad.WATCH_PREFIX)).containsExactly(Outcome.BROKEN, Outcome.HOLDS);
    }
}
