package io.netsy.node.cli;

import io.netsy.node.config.ConfigException;
import io.netsy.node.config.ConfigInputs;
import io.netsy.node.config.ConfigLoader;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.config.Option;
import io.netsy.node.config.Options;
import io.netsy.node.logging.Logging;
import io.netsy.node.wiring.NodeRunner;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** {@code netsy start}: reads the configuration and runs a node until it is told to stop. */
@Command(
        name = "start",
        description = "Starts a node.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
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

    /** Makes the runner; the composition of a node is not loaded before it is needed. */
    @FunctionalInterface
    interface RunnerFactory {
        NodeRunner create(Runnable onServing);
    }

    StartCommand(RunnerFactory runners) {
        this.runners = runners;
    }

    /** Adds a flag for each option of the configuration. */
    static void addFlags(CommandSpec target) {
        target.addOption(OptionSpec.builder("--dev")
                .description("A first try: file store and data below ./netsy-data, no TLS.")
                .type(boolean.class)
                .build());
        target.addOption(OptionSpec.builder("-c", "--config")
                .description("The configuration file (YAML).")
                .paramLabel("FILE")
                .type(Path.class)
                .build());
        for (Option<?> option : Options.ALL) {
            if (!option.secret()) {
                OptionSpec.Builder flag = OptionSpec.builder(option.flag())
                        .description(describe(option))
                        .paramLabel("VALUE")
                        .type(String.class);
                target.addOption(
                        option.isSwitch()
                                ? flag.arity("0..1").fallbackValue("true").build()
                                : flag.build());
            }
        }
    }

    private static String describe(Option<?> option) {
        String text = option.doc().replace("%", "%%");
        return option.defaultText() == null ? text : text + " Default: " + option.defaultText() + ".";
    }

    @Override
    public Integer call() throws Exception {
        boolean dev = Boolean.TRUE.equals(spec.findOption("--dev").getValue());
        NodeConfig config;
        try {
            config = ConfigLoader.load(inputs(dev)).config();
        } catch (ConfigException e) {
            spec.commandLine().getErr().println("netsy: " + e.getMessage());
            return 2;
        }
        Logging.configure(config.log().level(), config.log().format());
        NodeRunner runner = runners.create(() -> {
            if (dev) {
                Banner.print(spec.commandLine().getOut(), config);
            }
        });
        return runner.run(config);
    }

    private ConfigInputs inputs(boolean dev) {
        Map<String, String> flags = new HashMap<>();
        for (Option<?> option : Options.ALL) {
            OptionSpec flag = option.secret() ? null : spec.findOption(option.flag());
            String value = flag == null ? null : flag.getValue();
            if (value != null) {
                flags.put(option.key(), value);
            }
        }
        @Nullable Path file = spec.findOption("--config").getValue();
        return new ConfigInputs(file, System.getenv(), flags, dev);
    }
}
