package io.netsy.node.cli;

import io.netsy.node.config.ConfigException;
import io.netsy.node.config.ConfigLoader;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.config.Option;
import io.netsy.node.logging.Logging;
import io.netsy.node.wiring.NodeRunner;
import io.netsy.node.wiring.StartChecks;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code netsy elector}: an elector beside the nodes. */
@Command(
        name = "elector",
        description = "Runs an elector beside the nodes: it picks the primary, and needs no data directory.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:told to stop", "1:could not start", "2:wrong usage or configuration"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  netsy elector --config /etc/netsy/netsy.yaml --name elector-1",
            "      the nodes' own configuration file; only store, cluster, elector and certificates of it count",
            "  netsy elector --name elector-1 --store s3://my-bucket/cluster-1 --cluster-nodes a=10.0.0.1:2380,b=10.0.0.2:2380",
            "      one that asks for the role in the bucket, as nodes do that have elector.embedded=true"
        })
final class ElectorCommand implements Callable<Integer> {
    private static final List<String> PREFIXES =
            List.of("name", "store", "s3.", "cluster.", "elector.", "replication.", "tls.peer.", "lease.", "log.");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private final Supplier<NodeRunner> runner;
    private final Map<String, String> environment;

    private ElectorCommand(Supplier<NodeRunner> runner, Map<String, String> environment) {
        this.runner = runner;
        this.environment = environment;
    }

    static CommandLine commandLine(Supplier<NodeRunner> runner, Map<String, String> environment) {
        CommandLine elector = new CommandLine(new ElectorCommand(runner, environment));
        ConfigFlags.add(elector.getCommandSpec(), ElectorCommand::counts);
        return elector;
    }

    /** Whether an elector heeds an option of the nodes' configuration. */
    static boolean counts(Option<?> option) {
        return PREFIXES.stream()
                .anyMatch(prefix -> prefix.endsWith(".")
                        ? option.key().startsWith(prefix)
                        : option.key().equals(prefix));
    }

    @Override
    public Integer call() throws Exception {
        NodeConfig config;
        try {
            config = ConfigLoader.loadForElector(ConfigFlags.inputs(spec, environment))
                    .config();
            StartChecks.elector(config);
        } catch (ConfigException wrong) {
            return ConfigFlags.explain(spec.commandLine().getErr(), wrong);
        }
        Logging.configure(config.log().level(), config.log().format());
        return runner.get().run(config);
    }
}
