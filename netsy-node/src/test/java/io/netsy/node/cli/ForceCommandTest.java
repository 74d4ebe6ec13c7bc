package io.netsy.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.node.cli.Cli.Ran;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code netsy force}: what it refuses before it asks anybody; the rest is in {@code SurveyTest} and in the chaos tests. */
class ForceCommandTest {
    @TempDir
    Path folder;

    private Ran force(String... more) {
        String[] arguments = new String[more.length + 5];
        System.arraycopy(
                new String[] {"force", "--store", "file:" + folder, "--cluster-nodes", "a=127.0.0.1:1,b=127.0.0.1:2"},
                0,
                arguments,
                0,
                5);
        System.arraycopy(more, 0, arguments, 5, more.length);
        return Cli.run(arguments);
    }

    @Test
    void aNodeMustBeNamed() {
        Ran ran = force();

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("--node");
    }

    @Test
    void thereMustBeACluster() {
        Ran ran = force("--node", "a");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("there is no cluster in");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whereConfigurationNamesThePrimaryNothingIsForced() {
        Ran ran = force("--node", "a", "--cluster-primary", "a");

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("cluster.primary");
    }
}
