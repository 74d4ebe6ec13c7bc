package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.chaos.crash.Operation;
import io.netsy.chaos.crash.StoreUnderTest;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kills the standbys under load, one after the other, some with their disks: with one of two waited for no write fails, and
 * the killed one catches up by itself. {@code -Dcluster.rounds=20 -Dcluster.levels=on,quorum} for the long run.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES) // of the long run
class StandbyKillTest {
    private static final int ROUNDS = Integer.getInteger("cluster.rounds", 3);
    private static final int WRITES_WITHOUT = 100;

    @TempDir
    Path directory;

    static List<String> levels() {
        return List.of(System.getProperty("cluster.levels", "quorum").split(","));
    }

    @ParameterizedTest
    @MethodSource("levels")
    void noWriteFailsAndTheKilledCatchesUp(String level) throws Exception {
        StoreUnderTest store = StoreUnderTest.file(directory.resolve("store"));
        try (ClusterProcesses cluster = ClusterProcesses.start(directory, store, ClusterProcesses.level(level))) {
            cluster.awaitRule(level + ", ANY 1");
            try (Load load = new Load(cluster)) {
                load.awaitMore(1);
                for (int round = 0; round < ROUNDS; round++) {
                    killAndRestart(cluster, load, round);
                }
                assertThat(load.failures()).isEmpty();
                List<Operation> operations = load.finish();
                Figures.of("standby-kill level=%s rounds=%d".formatted(level, ROUNDS), operations)
                        .publish();
                assertThat(ClusterAudit.violations(cluster, operations)).isEmpty();
            }
        }
    }

    private static void killAndRestart(ClusterProcesses cluster, Load load, int round) throws Exception {
        String standby = ClusterProcesses.STANDBYS.get(round % 2);
        cluster.kill(standby);
        load.awaitMore(WRITES_WITHOUT);
        if (round % 3 == 1) {
            cluster.wipe(standby);
        }
        cluster.start(standby);
        cluster.awaitServing(standby);
        cluster.awaitRevision(standby, cluster.client(ClusterProcesses.PRIMARY).revision());
    }
}
