package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.chaos.crash.StoreUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node of another cluster that was given this one's addresses. */
class WrongPeerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void aNodeOfAnotherClusterIsRefusedAndBothSidesSayWhy() throws Exception {
        StoreUnderTest store = StoreUnderTest.file(directory.resolve("store"));
        try (ClusterProcesses cluster = ClusterProcesses.prepare(directory, store, ClusterProcesses.level("on"))) {
            cluster.start(ClusterProcesses.PRIMARY);
            cluster.awaitServing(ClusterProcesses.PRIMARY);
            cluster.startImpostor("node-b", StoreUnderTest.file(directory.resolve("other-store")));

            for (String name : List.of(ClusterProcesses.PRIMARY, "node-b")) {
                Awaitility.await(name + " says why")
                        .atMost(PATIENCE)
                        .until(() -> !reasons(cluster, name).isEmpty());
            }
            cluster.client(ClusterProcesses.PRIMARY).put("/still", "serves");
            assertThat(cluster.process("node-b").output()).doesNotContain("following the primary");
        }
    }

    private static List<String> reasons(ClusterProcesses cluster, String name) throws IOException {
        return cluster.process(name)
                .output()
                .lines()
                .filter(line ->
                        line.matches(".*node node-b is of cluster [0-9a-f-]{36}, this is cluster [0-9a-f-]{36}.*"))
                .toList();
    }
}
