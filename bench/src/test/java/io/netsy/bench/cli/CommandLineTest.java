package io.netsy.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.bench.cli.LoadCommands.GetCommand;
import io.netsy.bench.cli.LoadCommands.PutCommand;
import io.netsy.bench.load.Extent;
import io.netsy.bench.load.Pace;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {
    private final StringWriter errors = new StringWriter();

    private int run(String line) {
        CommandLine commandLine = Bench.commandLine();
        commandLine.setErr(new PrintWriter(errors));
        commandLine.setOut(new PrintWriter(new StringWriter()));
        return commandLine.execute(line.split(" ", -1));
    }

    private static LoadOptions put(String... arguments) {
        PutCommand command = new PutCommand();
        var _ = new CommandLine(command).parseArgs(arguments);
        return command.options;
    }

    @Test
    void theDefaultsAreTenSecondsOfAHundredClients() {
        LoadOptions options = put();

        assertThat(options.pace()).isEqualTo(Pace.unlimited(100));
        assertThat(options.target().connections()).isEqualTo(10);
        assertThat(options.plan().measured()).isEqualTo(new Extent.Time(Duration.ofSeconds(10)));
        assertThat(options.plan().warmup()).isEqualTo(new Extent.Operations(20_000));
        assertThat(options.plan().verified()).isTrue();
    }

    @Test
    void everythingCanBeSaid() {
        LoadOptions options = put(
                "--endpoints=a:1,b:2", "--clients=1000", "--connections=100", "--total=5", "--warmup=3s", "--rate=50");

        assertThat(options.target().endpoints()).hasSize(2);
        assertThat(options.target().connections()).isEqualTo(100);
        assertThat(options.plan().measured()).isEqualTo(new Extent.Operations(5));
        assertThat(options.plan().warmup()).isEqualTo(new Extent.Time(Duration.ofSeconds(3)));
        assertThat(options.pace()).isEqualTo(new Pace(1000, 50));
    }

    @Test
    void thereAreNeverMoreConnectionsThanClients() {
        assertThat(put("--clients=3").target().connections()).isEqualTo(1);
        assertThat(put("--clients=3", "--connections=8").target().connections()).isEqualTo(3);
    }

    @Test
    void aCommandHasItsOwnOptionsToo() {
        GetCommand command = new GetCommand();
        var _ = new CommandLine(command).parseArgs("--serializable");

        assertThat(command.serializable).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "put --endpoints nowhere",
                "put --total 5 --duration 5s",
                "put --duration soon",
                "put --clients 0",
                "put --rate -1",
                "put --cert only.pem",
                "put --key-bytes 10",
                "put --value-bytes 2000000",
                "list --limit 0",
                "mixed --mix update=never",
                "lease --leases 5",
                "watch --watchers 0",
                "watch --keys 5",
                "single --rounds 0",
                "single --phases NEVER",
                "api --rounds 0",
                "api --block soon",
                "api --leases 10",
                "delay-proxy",
                "cluster --phases=NONE",
                "cluster --rounds=0",
                "nonsense"
            })
    void wrongUsageIsExplainedBeforeAnythingIsConnected(String line) {
        assertThat(run(line)).isEqualTo(2);
        assertThat(errors.toString()).isNotBlank();
    }
}
