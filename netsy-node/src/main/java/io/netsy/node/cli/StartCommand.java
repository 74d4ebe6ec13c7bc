package io.netsy.node.cli;

import io.netsy.node.config.ConfigException;
import io.netsy.node.config.ConfigLoader;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.logging.Logging;
import io.netsy.node.wiring.NodeRunner;
import io.netsy.node.wiring.StartChecks;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code netsy start}: reads the configuration and runs a node until it is told to stop. */
@Command(
        name = "start",
        description = "Starts a node.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:told to stop, and stopped in good order",
            "1:could not start, or did not stop in good order",
            "2:wrong usage or configuration"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  netsy start --dev",
            "      a first try: everything below ./netsy-data, clients on 127.0.0.1:2379",
            "  netsy start --name n1 --store s3://my-bucket/cluster-1 --s3-region eu-central-1",
            "      one node on a bucket; credentials come from AWS's default chain",
            "  netsy start --config /etc/netsy/netsy.yaml",
            "      all options from a file; NETSY_* variables and flags go before it"
        })
final class StartCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private final RunnerFactory runners;
    private final Map<String, String> environment;

    /** Makes the runner; the composition of a node is not loaded before it is needed. */
    @FunctionalInterface
    interface RunnerFactory {
        NodeRunner create(Runnable onServing);
    }

    /** @param environment the process's environment */
    StartCommand(RunnerFactory runners, Map<String, String> environment) {
        this.runners = runners;
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        boolean dev = ConfigFlags.isDev(spec);
        NodeConfig config;
        try {
            config = ConfigLoader.load(ConfigFlags.inputs(spec, environment)).config();
            StartChecks.configuration(config);
        } catch (ConfigException wrong) {
            return ConfigFlags.explain(spec.commandLine().getErr(), wrong);
        }
        Logging.configure(config.log().level(), config.log().format());
        NodeRunner runner = runners.create(() -> {
            if (dev) {
                Banner.print(spec.commandLine().getOut(), config);
            }
        });
        return runner.run(config);
    }
}
