package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.netsy.chaos.crash.Operation;
import io.netsy.chaos.crash.StoreUnderTest;
import io.netsy.chaos.process.NodeClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Both standbys are lost, by policy {@code degrade} and {@code block}, and come back. */
@EnabledIfSystemProperty(named = "cluster.long", matches = "true", disabledReason = "chaos-tests/live runs it")
class StandbyLossTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration STALLED = Duration.ofSeconds(2);

    @TempDir
    Path directory;

    private static List<String> arguments(String level, String policy) {
        List<String> arguments = new ArrayList<>(ClusterProcesses.level(level));
        arguments.addAll(List.of("--replication-standby-loss", policy, "--replication-standby-timeout", "500ms"));
        return arguments;
    }

    @Test
    void degradeGoesOnByTheBucketAndBlockWaits() throws Exception {
        StoreUnderTest store = StoreUnderTest.file(directory.resolve("store"));
        try (ClusterProcesses cluster = ClusterProcesses.start(directory, store, arguments("quorum", "degrade"))) {
            List<Operation> operations = degrade(cluster);
            assertThat(ClusterAudit.violations(cluster, operations)).isEmpty();
            block(cluster);
            assertThat(ClusterAudit.differences(cluster)).isEmpty();
        }
    }

    private static List<Operation> degrade(ClusterProcesses cluster) throws Exception {
        cluster.awaitRule("quorum, ANY 1");
        try (Load load = new Load(cluster)) {
            load.awaitMore(100);
            load.sinceLastTime();
            loseStandbys(cluster);
            cluster.awaitRule("commit rule in force: local");
            load.awaitMore(100);
            Figures.of("both standbys lost", load.sinceLastTime()).publish();
            ClusterProcesses.STANDBYS.forEach(cluster::start);
            cluster.awaitServing();
            cluster.awaitRule("quorum, ANY 1");
            load.awaitMore(100);
            assertThat(load.failures()).isEmpty();
            return load.finish();
        }
    }

    private static void loseStandbys(ClusterProcesses cluster) throws InterruptedException {
        for (String name : ClusterProcesses.STANDBYS) {
            cluster.kill(name);
        }
    }

    /** A term whose predecessor's log is complete in the bucket begins at local; under block no commit is at that alone. */
    private static String lastRule(ClusterProcesses cluster) throws IOException {
        return cluster.process(ClusterProcesses.PRIMARY)
                .output()
                .lines()
                .filter(line -> line.contains("commit rule in force:"))
                .reduce("", (earlier, last) -> last);
    }

    /** While they are lost, and still when the primary is started meanwhile. */
    private static void block(ClusterProcesses cluster) throws Exception {
        NodeClient primary = cluster.client(ClusterProcesses.PRIMARY);
        cluster.configure(arguments("on", "block"));
        cluster.kill(ClusterProcesses.PRIMARY);
        cluster.start(ClusterProcesses.PRIMARY);
        cluster.awaitServing(ClusterProcesses.PRIMARY);
        cluster.awaitRule("on, ANY 1");
        primary.put("/block", "before");

        loseStandbys(cluster);
        assertThat(primary.tryPut("/block", "without standbys", STALLED).getCode())
                .isIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.UNAVAILABLE);
        assertThat(primary.get("/block")).contains("before");

        cluster.kill(ClusterProcesses.PRIMARY);
        cluster.start(ClusterProcesses.PRIMARY);
        cluster.awaitServing(ClusterProcesses.PRIMARY);
        assertThat(primary.tryPut("/block", "started without standbys", STALLED).getCode())
                .isIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.UNAVAILABLE);
        assertThat(lastRule(cluster)).contains("in force: on");

        ClusterProcesses.STANDBYS.forEach(cluster::start);
        Awaitility.await("writes go on")
                .atMost(PATIENCE)
                .until(() ->
                        primary.tryPut("/block", "after", Duration.ofSeconds(5)).isOk());
        cluster.awaitServing();
    }
}
