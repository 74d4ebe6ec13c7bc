package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.node.objectstore.testkit.FaultProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The primary, the elector or both are stopped for a while, and the primary is cut off from some or all: nothing is acknowledged twice,
 * no linearizable read is stale, and nobody has to restart anything. {@code -Dcluster.fault.seconds=10
 * -Dcluster.fault.levels=on,quorum,local} for the long run.
 */
@EnabledIfSystemProperty(named = "cluster.long", matches = "true", disabledReason = "chaos-tests/live runs it")
@Timeout(value = 25, unit = TimeUnit.MINUTES) // of the long run
class ElectedFaultsTest {
    private static final Duration LASTS = Duration.ofSeconds(Integer.getInteger("cluster.fault.seconds", 4));
    private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(2);
    private static final int WRITES = 50;

    /** Promised are 5 seconds, on a machine that has nothing else to do. */
    private static final Duration HEALED = Duration.ofSeconds(Integer.getInteger("cluster.fault.healed.seconds", 15));

    @TempDir
    Path directory;

    /** What happens to the primary that there is, or to the elector, and whether writes go on meanwhile. */
    private enum Fault {
        PRIMARY_STOPPED(true),
        ELECTOR_STOPPED(true),
        BOTH_STOPPED(false),
        CUT_FROM_STANDBYS(true),
        CUT_FROM_STORE(false),
        CUT_FROM_ELECTOR(true),
        CUT_FROM_EVERYTHING(true);

        private final boolean writesGoOn;

        Fault(boolean writesGoOn) {
            this.writesGoOn = writesGoOn;
        }
    }

    static List<String> levels() {
        return List.of(System.getProperty("cluster.fault.levels", "on").split(","));
    }

    @ParameterizedTest
    @MethodSource("levels")
    void nothingIsAcknowledgedTwiceAndNoReadIsStale(String level) throws Exception {
        List<String> elector = List.of(
                "--elector-embedded", "false",
                "--elector-assignment", "static",
                "--elector-static-node", ElectedCluster.ELECTOR);
        try (ElectedCluster cluster = ElectedCluster.startWithElector(directory, level, elector);
                ElectedLoad load = new ElectedLoad(cluster.processes(), REQUEST_PATIENCE)) {
            load.awaitMore(WRITES);
            for (Fault fault : Fault.values()) {
                undergo(fault, level, cluster, load);
            }
            assertThat(load.finish()).isEmpty();
        }
    }

    private static void undergo(Fault fault, String level, ElectedCluster elected, ElectedLoad load) throws Exception {
        ClusterProcesses cluster = elected.processes();
        String primary = cluster.primary();
        long beganNanos = System.nanoTime();
        change(fault, primary, elected, true);
        if (fault.writesGoOn) {
            load.awaitMore(WRITES);
        }
        LockSupport.parkNanos(beganNanos + LASTS.toNanos() - System.nanoTime());
        long healedNanos = System.nanoTime();
        change(fault, primary, elected, false);
        List<Long> served = new ArrayList<>();
        for (String node : ClusterProcesses.NODES) {
            Duration _ = load.awaitWrite(node, HEALED);
            served.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - healedNanos));
        }
        Figures.publish("fault %s level=%s primary=%s seconds=%d longest gap=%dms all nodes write %dms after healing"
                .formatted(
                        fault,
                        level,
                        primary,
                        LASTS.toSeconds(),
                        load.longestGap(beganNanos, System.nanoTime()).toMillis(),
                        served.getLast()));
        assertThat(Duration.ofMillis(served.getLast())).as("%s healed", fault).isLessThan(HEALED);
        cluster.awaitFollowed(level);
    }

    private static void change(Fault fault, String primary, ElectedCluster elected, boolean begins) throws Exception {
        Consumer<FaultProxy> change = begins ? FaultProxy::blackhole : FaultProxy::restore;
        switch (fault) {
            case PRIMARY_STOPPED -> signal(elected, begins, primary);
            case ELECTOR_STOPPED -> signal(elected, begins, ElectedCluster.ELECTOR);
            case BOTH_STOPPED -> {
                signal(elected, begins, primary);
                signal(elected, begins, ElectedCluster.ELECTOR);
            }
            case CUT_FROM_STANDBYS -> standbyLinks(elected, primary, change);
            case CUT_FROM_STORE -> change.accept(elected.storeLink(primary));
            case CUT_FROM_ELECTOR -> electorLink(elected, primary, change);
            case CUT_FROM_EVERYTHING -> {
                standbyLinks(elected, primary, change);
                change.accept(elected.storeLink(primary));
                electorLink(elected, primary, change);
            }
        }
    }

    private static void signal(ElectedCluster elected, boolean stops, String process) throws Exception {
        elected.processes().process(process).signal(stops ? "STOP" : "CONT");
    }

    private static void standbyLinks(ElectedCluster elected, String primary, Consumer<FaultProxy> change) {
        for (String standby : ClusterProcesses.others(primary)) {
            elected.processes().links().between(primary, standby, change);
        }
    }

    private static void electorLink(ElectedCluster elected, String primary, Consumer<FaultProxy> change) {
        elected.processes().links().between(ElectedCluster.ELECTOR, primary, change);
    }
}
