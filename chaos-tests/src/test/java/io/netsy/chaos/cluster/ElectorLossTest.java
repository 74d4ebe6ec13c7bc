package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The elector, alone in a process, is gone for a while and comes back with what it had in the bucket long before: a healthy cluster
 * notices neither. {@code -Dcluster.elector.seconds=600} is promised. Writers take their time, some thirty writes a second: what they
 * did in so long a while is held in memory and compared, on all nodes.
 */
@EnabledIfSystemProperty(
        named = "cluster.elector.seconds",
        matches = "\\d+",
        disabledReason = "chaos-tests/live --full runs it")
@Timeout(value = 20, unit = TimeUnit.MINUTES) // of the long run
class ElectorLossTest {
    private static final Duration GONE = Duration.ofSeconds(Integer.getInteger("cluster.elector.seconds", 15));
    private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(20);
    private static final Duration REST = Duration.ofMillis(500);
    private static final int WRITES = 50;
    private static final String LOCK = "elector.json";
    private static final List<String> ELECTOR =
            List.of("--elector-embedded", "false", "--elector-lease", "4s", "--elector-renew-every", "500ms");

    @TempDir
    Path directory;

    @Test
    void aHealthyClusterNeedsNoElector() throws Exception {
        try (ElectedCluster elected = ElectedCluster.startWithElector(directory, "on", ELECTOR);
                ElectedLoad load = new ElectedLoad(elected.processes(), REQUEST_PATIENCE, REST)) {
            ClusterProcesses cluster = elected.processes();
            byte[] old = elected.object(LOCK);
            load.awaitMore(WRITES);
            String first = cluster.primary();
            cluster.kill(first);
            load.awaitMore(WRITES);
            cluster.start(first);
            cluster.awaitFollowed("on");

            String primary = cluster.primary();
            long term = cluster.term();
            long failed = ClientErrors.errors(load.operations()).count();
            long beganNanos = System.nanoTime();
            cluster.kill(ElectedCluster.ELECTOR);
            LockSupport.parkNanos(GONE.toNanos());
            elected.replaceObject(LOCK, old);
            cluster.startElector(ElectedCluster.ELECTOR, ELECTOR);
            cluster.awaitSaid(ElectedCluster.ELECTOR, "this is the elector", 1);
            load.awaitMore(WRITES);
            Figures.publish("elector lost seconds=%d longest gap=%dms"
                    .formatted(
                            GONE.toSeconds(),
                            load.longestGap(beganNanos, System.nanoTime()).toMillis()));
            assertThat(ClientErrors.errors(load.operations()).skip(failed)).isEmpty();
            assertThat(cluster.primary()).isEqualTo(primary);
            assertThat(cluster.term()).isEqualTo(term);

            cluster.kill(primary);
            load.awaitMore(WRITES);
            cluster.start(primary);
            cluster.awaitFollowed("on");
            assertThat(load.finish()).isEmpty();
            assertThat(ClientErrors.others(load.operations())).isEmpty();
        }
    }
}
