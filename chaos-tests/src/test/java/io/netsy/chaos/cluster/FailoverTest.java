package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kills the primary under load, whoever it is, again and again: another one writes on, and the killed one comes back by itself. {@code
 * -Dcluster.failover.rounds=20 -Dcluster.failover.levels=on,quorum,local} for the long run.
 */
@Timeout(value = 25, unit = TimeUnit.MINUTES) // of the long run
class FailoverTest {
    private static final int ROUNDS = Integer.getInteger("cluster.failover.rounds", 2);
    private static final int WRITES = 100;
    private static final Duration GAP = Duration.ofSeconds(5);

    /** Clients of etcd have no deadline but their caller's. */
    private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    static List<String> levels() {
        return List.of(
                System.getProperty("cluster.failover.levels", "on,quorum,local").split(","));
    }

    @ParameterizedTest
    @MethodSource("levels")
    void anotherOneWritesOn(String level) throws Exception {
        try (ElectedCluster elected = ElectedCluster.start(directory, level, List.of());
                ElectedLoad load = new ElectedLoad(elected.processes(), REQUEST_PATIENCE)) {
            load.awaitMore(WRITES);
            List<Duration> gaps = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                gaps.add(killPrimary(elected.processes(), load, level));
            }
            Figures.publishTimes("failover level=%s rounds=%d gap".formatted(level, ROUNDS), gaps);
            assertThat(load.finish()).isEmpty();
            assertThat(ClientErrors.others(load.operations())).isEmpty();
            assertThat(gaps).allMatch(gap -> gap.compareTo(GAP) < 0);
        }
    }

    private static Duration killPrimary(ClusterProcesses cluster, ElectedLoad load, String level) throws Exception {
        String primary = cluster.primary();
        long killedNanos = System.nanoTime();
        cluster.kill(primary);
        load.awaitMore(WRITES);
        Duration gap = load.longestGap(killedNanos, System.nanoTime());
        cluster.start(primary);
        cluster.awaitFollowed(level);
        load.awaitMore(WRITES);
        return gap;
    }
}
