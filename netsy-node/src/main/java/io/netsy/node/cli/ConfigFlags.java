package io.netsy.node.cli;

import io.netsy.node.config.ConfigException;
import io.netsy.node.config.ConfigInputs;
import io.netsy.node.config.Option;
import io.netsy.node.config.Options;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The flags that options of the configuration have on a command, and what was given for them. */
final class ConfigFlags {
    private static final String DEV = "--dev";
    private static final String CONFIG = "--config";

    private ConfigFlags() {}

    /** Adds {@code --dev}, {@code --config} and a flag for each option. */
    static void addAll(CommandSpec target) {
        target.addOption(OptionSpec.builder(DEV)
                .description("A first try: file store and data below ./netsy-data, no TLS.")
                .type(boolean.class)
                .build());
        add(target, option -> true);
    }

    /** Adds {@code --config} and a flag for each of these options; secrets have none. */
    static void add(CommandSpec target, Predicate<Option<?>> wanted) {
        target.addOption(OptionSpec.builder("-c", CONFIG)
                .description("The configuration file (YAML).")
                .paramLabel("FILE")
                .type(Path.class)
                .build());
        for (Option<?> option : Options.ALL) {
            if (!option.secret() && wanted.test(option)) {
                target.addOption(flag(option));
            }
        }
    }

    private static OptionSpec flag(Option<?> option) {
        OptionSpec.Builder flag = OptionSpec.builder(option.flag())
                .description(describe(option))
                .paramLabel("VALUE")
                .type(String.class);
        return option.isSwitch() ? flag.arity("0..1").fallbackValue("true").build() : flag.build();
    }

    private static String describe(Option<?> option) {
        String text = option.doc().replace("%", "%%");
        return option.defaultText() == null ? text : text + " Default: " + option.defaultText() + ".";
    }

    static boolean isDev(CommandSpec spec) {
        OptionSpec dev = spec.findOption(DEV);
        return dev != null && Boolean.TRUE.equals(dev.getValue());
    }

    /** What the command line and the environment say. */
    static ConfigInputs inputs(CommandSpec spec, Map<String, String> environment) {
        Map<String, String> flags = new HashMap<>();
        for (Option<?> option : Options.ALL) {
            String value = given(spec, option);
            if (value != null) {
                flags.put(option.key(), value);
            }
        }
        @Nullable Path file = spec.findOption(CONFIG).getValue();
        return new ConfigInputs(file, environment, flags, isDev(spec));
    }

    private static @Nullable String given(CommandSpec spec, Option<?> option) {
        OptionSpec flag = option.secret() ? null : spec.findOption(option.flag());
        return flag == null ? null : flag.getValue();
    }

    /** Prints one line a problem, and answers the exit code for a wrong configuration. */
    static int explain(PrintWriter err, ConfigException wrong) {
        for (String problem : wrong.problems()) {
            err.println("netsy: " + problem);
        }
        return 2;
    }
}
