package io.netsy.node.cli;

import io.netsy.node.config.ConfigException;
import io.netsy.node.config.ConfigLoader;
import io.netsy.node.config.ConfigView;
import io.netsy.node.config.LoadedConfig;
import io.netsy.node.wiring.StartChecks;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code netsy config}: looks at the configuration without starting anything. */
@Command(
        name = "config",
        description = "Checks or shows the configuration, without starting anything.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand {
    ConfigCommand() {}

    static CommandLine commandLine(Map<String, String> environment) {
        CommandLine config = new CommandLine(new ConfigCommand());
        CommandLine check = new CommandLine(new Check(environment));
        ConfigFlags.addAll(check.getCommandSpec());
        CommandLine show = new CommandLine(new Show(environment));
        ConfigFlags.addAll(show.getCommandSpec());
        return config.addSubcommand(check).addSubcommand(show);
    }

    /** {@code netsy config check}: says whether a node would start with it, as far as the configuration goes. */
    @Command(
            name = "check",
            description = "Checks the configuration as 'netsy start' would, certificate files included.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"0:it is good", "2:it is wrong, or wrong usage"},
            footerHeading = "%nExamples:%n",
            footer = {
                "  netsy config check --config /etc/netsy/netsy.yaml",
                "      before a restart: one line a problem, with file and line",
                "  netsy config check --dev --listen-client :2379"
            })
    static final class Check implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        private final Map<String, String> environment;

        Check(Map<String, String> environment) {
            this.environment = environment;
        }

        @Override
        public Integer call() {
            try {
                LoadedConfig loaded = ConfigLoader.load(ConfigFlags.inputs(spec, environment));
                StartChecks.configuration(loaded.config());
                spec.commandLine()
                        .getOut()
                        .printf(
                                "the configuration is good: node %s, store %s, data directory %s, clients on %s%n",
                                loaded.config().name(),
                                loaded.config().store(),
                                loaded.config().dataDir(),
                                loaded.config().listen().client());
                spec.commandLine().getOut().flush();
                return 0;
            } catch (ConfigException wrong) {
                return ConfigFlags.explain(spec.commandLine().getErr(), wrong);
            }
        }
    }

    /** {@code netsy config show}: the effective configuration and where each value came from. */
    @Command(
            name = "show",
            description = "Shows every value in force and where it came from; secrets are masked.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"0:shown", "2:the configuration is wrong, or wrong usage"},
            footerHeading = "%nExamples:%n",
            footer = {
                "  netsy config show --config /etc/netsy/netsy.yaml",
                "  netsy config show --dev --output yaml > netsy.yaml",
                "      a file to begin with: all values of a first try, each with its origin"
            })
    static final class Show implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "text|json|yaml",
                defaultValue = "text",
                description = "How it is shown. Default: text.")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private Output output;

        private final Map<String, String> environment;

        /** The forms it is shown in. */
        enum Output {
            TEXT,
            JSON,
            YAML
        }

        Show(Map<String, String> environment) {
            this.environment = environment;
        }

        @Override
        public Integer call() {
            try {
                ConfigView view = new ConfigView(ConfigLoader.load(ConfigFlags.inputs(spec, environment)));
                spec.commandLine()
                        .getOut()
                        .print(
                                switch (output) {
                                    case TEXT -> view.text();
                                    case JSON -> view.json();
                                    case YAML -> view.yaml();
                                });
                spec.commandLine().getOut().flush();
                return 0;
            } catch (ConfigException wrong) {
                return ConfigFlags.explain(spec.commandLine().getErr(), wrong);
            }
        }
    }
}
