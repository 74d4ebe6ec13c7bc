package io.netsy.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class NetsyTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void versionNamesTheProgramAndTheRuntime() {
        assertThat(run("version")).isZero();
        assertThat(out.toString())
                .containsPattern("netsy \\d+\\.\\d+\\.\\d+")
                .contains("java " + Runtime.version().feature());
    }

    @Test
    void anUnknownVerbIsAWrongUsageThatNamesIt() {
        assertThat(run("statr")).isEqualTo(2);
        assertThat(err.toString()).contains("statr");
    }

    private int run(String... arguments) {
        CommandLine commandLine = Netsy.commandLine(Map.of());
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
