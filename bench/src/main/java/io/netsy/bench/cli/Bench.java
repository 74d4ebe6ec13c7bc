package io.netsy.bench.cli;

import io.netsy.bench.cli.LoadCommands.CreateCommand;
import io.netsy.bench.cli.LoadCommands.GetCommand;
import io.netsy.bench.cli.LoadCommands.LeaseCommand;
import io.netsy.bench.cli.LoadCommands.ListCommand;
import io.netsy.bench.cli.LoadCommands.MixedCommand;
import io.netsy.bench.cli.LoadCommands.PutCommand;
import io.netsy.bench.cli.LoadCommands.UpdateCommand;
import io.netsy.bench.cli.LoadCommands.WatchCommand;
import io.netsy.bench.cluster.ClusterCommand;
import io.netsy.bench.failover.FailoverCommand;
import io.netsy.bench.single.ApiCommand;
import io.netsy.bench.single.SingleCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The root command; {@code bench/run} starts it. */
@Command(
        name = "bench/run",
        description = {
            "Measures servers that speak the etcd API.",
            "",
            "  bench/run create --endpoints 127.0.0.1:2379 --clients 1000 --connections 100 --total 200000",
            "  bench/run single",
            ""
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PutCommand.class,
            CreateCommand.class,
            UpdateCommand.class,
            GetCommand.class,
            ListCommand.class,
            WatchCommand.class,
            LeaseCommand.class,
            MixedCommand.class,
            SingleCommand.class,
            ApiCommand.class,
            ClusterCommand.class,
            FailoverCommand.class,
            DelayProxyCommand.class
        })
public final class Bench {
    Bench() {}

    /** Runs the command line and exits with its code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Bench());
    }
}
