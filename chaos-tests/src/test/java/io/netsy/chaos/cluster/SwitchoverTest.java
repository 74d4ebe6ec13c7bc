package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The primary hands over in good order: to whom {@code netsy switchover} names, to whom an etcd client names, and to anybody when it is
 * told to stop. No write is refused. {@code -Dcluster.switchover.rounds=10} for the long run.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES) // of the long run
class SwitchoverTest {
    private static final int ROUNDS = Integer.getInteger("cluster.switchover.rounds", 1);
    private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(20);
    private static final int WRITES = 100;

    /** Promised are 500 ms, on a machine that has nothing else to do. */
    private static final Duration PAUSE = Duration.ofMillis(Integer.getInteger("cluster.switchover.millis", 5000));

    @TempDir
    Path directory;

    /** One way to have another node lead; answers nothing, and returns when it does. */
    private interface Switch {
        void run(ClusterProcesses cluster, String from, String to) throws Exception;
    }

    @Test
    void noWriteIsRefused() throws Exception {
        try (ElectedCluster elected = ElectedCluster.start(directory, "on", List.of());
                ElectedLoad load = new ElectedLoad(elected.processes(), REQUEST_PATIENCE)) {
            load.awaitMore(WRITES);
            List<Duration> pauses = new ArrayList<>();
            pauses.addAll(rounds("netsy switchover", SwitchoverTest::byCommand, elected.processes(), load));
            pauses.addAll(rounds("MoveLeader", SwitchoverTest::byClient, elected.processes(), load));
            assertThat(ClientErrors.errors(load.operations()))
                    .as("no write failed")
                    .isEmpty();
            pauses.addAll(rounds("SIGTERM", (cluster, from, to) -> bySignal(cluster, from), elected.processes(), load));
            assertThat(load.finish()).isEmpty();
            assertThat(ClientErrors.errors(load.operations()))
                    .as("only what shows that a node is gone")
                    .allMatch(error -> error.contains("UNAVAILABLE") && !error.contains("etcdserver"));
            assertThat(pauses).allMatch(pause -> pause.compareTo(PAUSE) < 0);
        }
    }

    private static List<Duration> rounds(String name, Switch by, ClusterProcesses cluster, ElectedLoad load)
            throws Exception {
        List<Duration> pauses = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            String from = cluster.primary();
            String to = ClusterProcesses.others(from).get(round % 2);
            long beganNanos = System.nanoTime();
            by.run(cluster, from, to);
            assertThat(cluster.primary()).isNotEqualTo(from);
            load.awaitMore(WRITES);
            pauses.add(load.longestGap(beganNanos, System.nanoTime()));
            if (!cluster.process(from).isAlive()) {
                cluster.start(from);
            }
            cluster.awaitFollowed("on");
            load.awaitMore(WRITES);
        }
        Figures.publishTimes("switchover by " + name + " pause", pauses);
        return pauses;
    }

    private static void byCommand(ClusterProcesses cluster, String from, String to) throws Exception {
        String said = cluster.run("switchover", "--to", to, "--endpoints", cluster.endpoint(from));
        assertThat(said).contains("'%s' is primary; it was '%s'".formatted(to, from));
    }

    private static void byClient(ClusterProcesses cluster, String from, String to) {
        cluster.client(from).moveLeader(cluster.memberId(to));
        assertThat(cluster.primary()).isEqualTo(to);
    }

    private static void bySignal(ClusterProcesses cluster, String from) throws Exception {
        assertThat(cluster.process(from).terminate()).isZero();
    }
}
