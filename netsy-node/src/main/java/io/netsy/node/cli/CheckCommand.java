package io.netsy.node.cli;

import io.netsy.node.check.CheckReport;
import io.netsy.node.check.Finding;
import io.netsy.node.clock.SystemClock;
import io.netsy.node.config.ConfigException;
import io.netsy.node.config.ConfigLoader;
import io.netsy.node.config.LoadedConfig;
import io.netsy.node.config.Setting;
import io.netsy.node.config.Setting.Source;
import io.netsy.node.wiring.OfflineChecks;
import io.netsy.node.wiring.StartChecks;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code netsy check}: verifies a bucket, a data directory, or both against each other, and changes neither. */
@Command(
        name = "check",
        description = "Verifies a bucket, a data directory, or both against each other. Reads all of it, changes"
                + " nothing. --store and --data-dir say what is checked; without either, what the configuration names.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all of it holds",
            "1:one line on standard error for each finding, or for why it could not be checked",
            "2:wrong usage or configuration"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  netsy check --store s3://my-bucket/cluster-1 --s3-region eu-central-1",
            "      every object of the cluster; a node may run meanwhile",
            "  netsy check --data-dir /var/lib/netsy",
            "      the replica of a stopped node",
            "  netsy check --config /etc/netsy/netsy.yaml --output json",
            "      both, and whether they fit"
        })
final class CheckCommand implements Callable<Integer> {
    private static final String STORE = "store";
    private static final String DATA_DIR = "dataDir";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json",
            defaultValue = "text",
            description = "How the outcome is shown. Default: text.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Output output;

    private final Map<String, String> environment;

    /** The forms it is shown in. */
    enum Output {
        TEXT,
        JSON
    }

    private CheckCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    static CommandLine commandLine(Map<String, String> environment) {
        CommandLine check = new CommandLine(new CheckCommand(environment));
        ConfigFlags.add(
                check.getCommandSpec(),
                option -> option.key().equals(STORE)
                        || option.key().equals(DATA_DIR)
                        || option.key().startsWith("s3."));
        return check;
    }

    @Override
    public Integer call() throws Exception {
        LoadedConfig loaded;
        try {
            loaded = ConfigLoader.loadForTool(ConfigFlags.inputs(spec, environment));
            StartChecks.storeSettings(loaded.config());
        } catch (ConfigException wrong) {
            return ConfigFlags.explain(spec.commandLine().getErr(), wrong);
        }
        OfflineChecks.Scope scope = scope(loaded);
        CheckReport report;
        try (Progress progress = Progress.on(spec.commandLine().getErr(), SystemClock.nanoTime())) {
            report = OfflineChecks.run(loaded.config(), scope, progress::at);
        }
        return tell(report);
    }

    private OfflineChecks.Scope scope(LoadedConfig loaded) {
        Setting store = loaded.settings().get(STORE);
        Setting dataDir = loaded.settings().get(DATA_DIR);
        boolean byFlag = isFlag(store) || isFlag(dataDir);
        OfflineChecks.Scope scope = new OfflineChecks.Scope(
                byFlag ? isFlag(store) : store != null,
                byFlag ? isFlag(dataDir) : dataDir != null && !dataDir.isDefault());
        if (!scope.store() && !scope.dataDir()) {
            throw new ParameterException(
                    spec.commandLine(), "nothing to check: give --store, --data-dir, or a --config that names them");
        }
        return scope;
    }

    private static boolean isFlag(@Nullable Setting setting) {
        return setting != null && setting.source() == Source.FLAG;
    }

    private int tell(CheckReport report) {
        if (output == Output.JSON) {
            spec.commandLine().getOut().print(report.json());
        } else {
            spec.commandLine().getOut().print(report.text());
            for (Finding finding : report.findings()) {
                spec.commandLine().getErr().println("netsy: " + finding.line());
            }
        }
        spec.commandLine().getOut().flush();
        return report.ok() ? 0 : 1;
    }
}
