package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.chaos.crash.StoreUnderTest;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the primary under load at one level after the other, then all nodes at once, then takes the primary's disk away.
 * {@code -Dcluster.kill.levels=local,remote_write,on,remote_apply,quorum} for all levels.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES) // of the long run
class PrimaryKillTest {
    private static final List<String> LEVELS =
            List.of(System.getProperty("cluster.kill.levels", "on,quorum").split(","));
    private static final int WRITES = 100;

    @TempDir
    Path directory;

    @Test
    void nothingAcknowledgedIsLost() throws Exception {
        StoreUnderTest store = StoreUnderTest.file(directory.resolve("store"));
        try (ClusterProcesses cluster =
                ClusterProcesses.start(directory, store, ClusterProcesses.level(LEVELS.getFirst()))) {
            try (Load load = new Load(cluster)) {
                for (String level : LEVELS) {
                    killPrimary(cluster, load, level);
                }
                killAll(cluster, load);
                load.awaitMore(WRITES);
                assertThat(ClusterAudit.violations(cluster, load.finish())).isEmpty();
            }
            if (LEVELS.getLast().equals("quorum")) {
                refusesAnotherDisk(cluster);
            }
        }
    }

    /** Under load at a level, and once more at the next one. */
    private static void killPrimary(ClusterProcesses cluster, Load load, String level) throws Exception {
        cluster.configure(ClusterProcesses.level(level));
        if (!level.equals(LEVELS.getFirst())) {
            cluster.start(ClusterProcesses.PRIMARY);
            cluster.awaitServing(ClusterProcesses.PRIMARY);
        }
        cluster.awaitRule(level);
        load.awaitMore(WRITES);
        cluster.kill(ClusterProcesses.PRIMARY);
    }

    private static void killAll(ClusterProcesses cluster, Load load) throws Exception {
        cluster.start(ClusterProcesses.PRIMARY);
        cluster.awaitServing(ClusterProcesses.PRIMARY);
        cluster.awaitRule(LEVELS.getLast());
        load.awaitMore(WRITES);
        cluster.killAll();
        ClusterProcesses.NODES.forEach(cluster::start);
        cluster.awaitServing();
    }

    /** At quorum the newest writes may be on the disks alone. */
    private static void refusesAnotherDisk(ClusterProcesses cluster) throws Exception {
        cluster.kill(ClusterProcesses.PRIMARY);
        cluster.wipe(ClusterProcesses.PRIMARY);
        cluster.start(ClusterProcesses.PRIMARY);
        assertThat(cluster.process(ClusterProcesses.PRIMARY).awaitEnd()).isNotZero();
        assertThat(cluster.process(ClusterProcesses.PRIMARY).output())
                .contains("the term register says commit level quorum under primary 'node-a'")
                .contains("Start 'node-a' on the disk it ran on");
    }
}
