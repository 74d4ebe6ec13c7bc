package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.chaos.process.NodeClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kills the primary under load, whoever it is, again and again: another one writes on, a watch at a third goes on without a gap, and the
 * killed one comes back by itself. {@code -Dcluster.failover.rounds=20} for the long run; {@code ./mvnw verify} is content with one
 * level.
 */
@Timeout(value = 25, unit = TimeUnit.MINUTES) // of the long run
class FailoverTest {
    private static final int ROUNDS = Integer.getInteger("cluster.failover.rounds", 2);
    private static final int WRITES = 100;

    /** What is promised is for a machine that has nothing else to do; see {@code chaos-tests/live --full}. */
    private static final Duration GAP = Duration.ofSeconds(Integer.getInteger("cluster.failover.gap.seconds", 20));

    /** Clients of etcd have no deadline but their caller's. */
    private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(20);

    private static final Duration WATCH_PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    static List<String> levels() {
        String usual = Boolean.getBoolean("cluster.long") ? "on,quorum,local" : "quorum";
        return List.of(System.getProperty("cluster.failover.levels", usual).split(","));
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
        NodeClient survivor = cluster.client(ClusterProcesses.others(primary).getFirst());
        long watchedFrom = survivor.localRevision() + 1;
        try (NodeClient.OpenWatch watch = survivor.watchFrom(watchedFrom)) {
            long killedNanos = System.nanoTime();
            cluster.kill(primary);
            load.awaitMore(WRITES);
            Duration gap = load.longestGap(killedNanos, System.nanoTime());
            cluster.start(primary);
            cluster.awaitFollowed(level);
            load.awaitMore(WRITES);
            long now = survivor.revision();
            assertThat(watch.await(now, WATCH_PATIENCE))
                    .extracting(event -> event.getKv().getModRevision())
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(watchedFrom, now).boxed().toList());
            return gap;
        }
    }
}
