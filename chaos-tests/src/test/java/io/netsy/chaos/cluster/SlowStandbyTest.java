package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.chaos.crash.Operation;
import io.netsy.chaos.crash.StoreUnderTest;
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
 * A standby that is stopped, far away, or cut off again and again: with one of two waited for, writes go on as fast as the
 * other allows, and it catches up afterwards. {@code -Dcluster.seconds=60} for the long run, which cuts the link for one
 * second of every five, with {@code -Dcluster.p99.ratio=1.5} for a bound of p99 as a multiple of the undisturbed one.
 */
@EnabledIfSystemProperty(named = "cluster.long", matches = "true", disabledReason = "chaos-tests/live runs it")
@Timeout(value = 20, unit = TimeUnit.MINUTES) // of the long run
class SlowStandbyTest {
    private static final int SECONDS = Integer.getInteger("cluster.seconds", 2);
    private static final Duration WHOLE = Duration.ofSeconds(SECONDS);
    private static final Duration CUT = SECONDS < 10 ? Duration.ofMillis(500) : Duration.ofSeconds(1);
    private static final double P99_RATIO = Double.parseDouble(System.getProperty("cluster.p99.ratio", "0"));
    private static final Duration DELAY = Duration.ofMillis(200);

    /** No bound of the product, but what would be a stall even on a busy machine. */
    private static final Duration STALL = Duration.ofSeconds(6);

    @TempDir
    Path directory;

    @Test
    void writesGoOnAndItCatchesUp() throws Exception {
        StoreUnderTest store = StoreUnderTest.file(directory.resolve("store"));
        String level = System.getProperty("cluster.level", "on");
        try (ClusterProcesses cluster = ClusterProcesses.start(directory, store, ClusterProcesses.level(level))) {
            cluster.awaitRule(level + ", ANY 1");
            try (Load load = new Load(cluster)) {
                warmUp(load);
                Figures undisturbed = part("undisturbed", load, () -> pause(WHOLE));
                undisturbed.publish();
                List<Figures> disturbed = List.of(
                        part("stopped", load, () -> stop(cluster, "node-b")),
                        part("delayed", load, () -> delay(cluster, "node-c")),
                        part("cut", load, () -> cut(cluster, "node-b")));
                load.awaitRelayed();
                List<Operation> operations = load.finish();
                for (Figures figures : disturbed) {
                    figures.publishBeside(undisturbed);
                }
                assertThat(ClusterAudit.violations(cluster, operations)).isEmpty();
                if (P99_RATIO > 0) {
                    assertThat(disturbed)
                            .as("p99 beside %s", undisturbed)
                            .allMatch(figures -> figures.ratio(undisturbed) <= P99_RATIO);
                }
            }
        }
    }

    /** Fresh processes are slower, which would flatter whatever is compared with their first minute. */
    private static void warmUp(Load load) {
        load.awaitMore(200);
        pause(WHOLE.dividedBy(2));
        load.sinceLastTime();
    }

    private interface Part {
        void run() throws Exception;
    }

    private static Figures part(String name, Load load, Part disturbance) throws Exception {
        disturbance.run();
        List<Operation> operations = load.sinceLastTime();
        Figures figures = Figures.of("standby " + name, operations);
        assertThat(Load.failures(operations)).as(name).isEmpty();
        assertThat(figures.longest()).as(name).isLessThan(STALL);
        return figures;
    }

    private static void stop(ClusterProcesses cluster, String standby) throws Exception {
        cluster.process(standby).signal("STOP");
        pause(WHOLE);
        cluster.process(standby).signal("CONT");
        awaitCaughtUp(cluster, standby);
    }

    private static void delay(ClusterProcesses cluster, String standby) {
        cluster.link(standby).delay(DELAY);
        cluster.link(standby).delayBack(DELAY);
        pause(WHOLE);
        awaitCaughtUp(cluster, standby);
        cluster.link(standby).delay(Duration.ZERO);
        cluster.link(standby).delayBack(Duration.ZERO);
    }

    private static void cut(ClusterProcesses cluster, String standby) {
        Duration left = WHOLE;
        while (left.isPositive()) {
            cluster.link(standby).cut();
            pause(CUT);
            cluster.link(standby).restore();
            pause(CUT.multipliedBy(4));
            left = left.minus(CUT.multipliedBy(5));
        }
        awaitCaughtUp(cluster, standby);
    }

    private static void awaitCaughtUp(ClusterProcesses cluster, String standby) {
        cluster.awaitRevision(standby, cluster.client(ClusterProcesses.PRIMARY).revision());
    }

    /** How long a disturbance lasts is what is tested, so there is nothing to wait for. */
    private static void pause(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
    }
}
