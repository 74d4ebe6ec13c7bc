package io.netsy.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.node.config.NodeConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code netsy elector}: what of a configuration it takes, and what it refuses. */
class ElectorCommandTest {
    @TempDir
    Path folder;

    private final List<NodeConfig> started = new ArrayList<>();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine command = ElectorCommand.commandLine(
                () -> config -> {
                    started.add(config);
                    return 0;
                },
                Map.of());
        command.setErr(new PrintWriter(err, true));
        return command.execute(arguments);
    }

    @Test
    void theNodesOwnFileWillDo() throws Exception {
        Path file = Files.writeString(folder.resolve("netsy.yaml"), """
                        name: node-a
                        store: s3://bucket/prefix
                        dataDir: /var/lib/netsy
                        listen:
                          client: 127.0.0.1:2379
                          peer: 127.0.0.1:2380
                        cluster:
                          nodes: [node-a=10.0.0.1:2380, node-b=10.0.0.2:2380]
                        """);

        assertThat(run("--config", file.toString(), "--name", "elector-1")).isZero();
        assertThat(started).singleElement().satisfies(config -> {
            assertThat(config.name()).isEqualTo("elector-1");
            assertThat(config.cluster()).isNotNull();
        });
    }

    @Test
    void whatMakesNoSenseIsExplainedAndNothingIsStarted() {
        assertThat(run("--store", "s3://bucket")).isEqualTo(2);
        assertThat(run(
                        "--store", "s3://bucket",
                        "--cluster-nodes", "a=h:1,b=h:2",
                        "--elector-assignment", "http",
                        "--elector-http-url", "https://me@coordinator/x"))
                .isEqualTo(2);

        assertThat(err.toString().lines())
                .hasSize(2)
                .anyMatch(line -> line.contains("cluster.nodes"))
                .anyMatch(line -> line.contains("elector.assignment: the URL at coordinator has a user"));
        assertThat(started).isEmpty();
    }

    @Test
    void itHasNoFlagsForWhatOnlyNodesHave() {
        assertThat(run("--store", "s3://bucket", "--data-dir", "/tmp")).isEqualTo(2);
        assertThat(err.toString()).contains("--data-dir");
    }
}
