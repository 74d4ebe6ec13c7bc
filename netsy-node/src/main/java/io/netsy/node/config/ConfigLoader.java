package io.netsy.node.config;

import io.netsy.node.config.ConfigBuilder.Purpose;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a node's configuration from all its sources and checks it. Every problem is reported, not only the first. */
public final class ConfigLoader {
    private static final Map<String, String> DEV_DEFAULTS = Map.of(
            Options.STORE.key(), "file:./netsy-data/store",
            Options.DATA_DIR.key(), "./netsy-data/node");

    private final List<String> problems = new ArrayList<>();
    private final Map<String, Setting> settings = new HashMap<>();

    private ConfigLoader() {}

    /**
     * Reads and checks.
     *
     * @throws ConfigException when anything is wrong; every problem is in it
     */
    public static LoadedConfig load(ConfigInputs inputs) throws ConfigException {
        return load(inputs, Purpose.NODE);
    }

    /**
     * Reads and checks the same for a tool that may do without a store: when none is configured, the settings lack
     * {@code store} and that part of the configuration means nothing.
     *
     * @throws ConfigException when anything is wrong; every problem is in it
     */
    public static LoadedConfig loadForTool(ConfigInputs inputs) throws ConfigException {
        return load(inputs, Purpose.TOOL);
    }

    /**
     * Reads and checks the same for an elector beside the nodes, which needs no address and no place among them.
     *
     * @throws ConfigException when anything is wrong; every problem is in it
     */
    public static LoadedConfig loadForElector(ConfigInputs inputs) throws ConfigException {
        return load(inputs, Purpose.ELECTOR);
    }

    private static LoadedConfig load(ConfigInputs inputs, Purpose purpose) throws ConfigException {
        ConfigLoader loader = new ConfigLoader();
        loader.collect(inputs);
        Map<String, Object> values = loader.parse();
        loader.failOnProblems();
        NodeConfig config = new ConfigBuilder(values, loader.settings, loader.problems, purpose).build();
        loader.failOnProblems();
        return new LoadedConfig(config, loader.inTableOrder());
    }

    private void collect(ConfigInputs inputs) {
        for (Option<?> option : Options.ALL) {
            String text =
                    inputs.dev() ? DEV_DEFAULTS.getOrDefault(option.key(), option.defaultText()) : option.defaultText();
            if (text != null) {
                settings.put(option.key(), Setting.ofDefault(text));
            }
        }
        if (inputs.file() != null) {
            settings.putAll(YamlSource.read(inputs.file(), problems));
        }
        settings.putAll(EnvironmentSource.read(inputs.environment(), problems));
        inputs.flags().forEach((key, text) -> {
            Option<?> option = Options.BY_KEY.get(key);
            if (option == null) {
                throw new IllegalArgumentException("no option has the key " + key);
            }
            settings.put(key, new Setting(text, Setting.Source.FLAG, option.flag()));
        });
    }

    private Map<String, Object> parse() {
        Map<String, Object> values = new HashMap<>();
        for (Option<?> option : Options.ALL) {
            Setting setting = settings.get(option.key());
            if (setting != null) {
                try {
                    values.put(option.key(), option.type().parse(setting.text()));
                } catch (IllegalArgumentException malformed) {
                    String reason = option.secret() ? "the value is malformed" : malformed.getMessage();
                    problems.add(setting.origin() + ": " + option.key() + ": " + reason);
                }
            }
        }
        return values;
    }

    private void failOnProblems() throws ConfigException {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    private Map<String, Setting> inTableOrder() {
        Map<String, Setting> ordered = new LinkedHashMap<>();
        for (Option<?> option : Options.ALL) {
            Setting setting = settings.get(option.key());
            if (setting != null) {
                ordered.put(option.key(), setting);
            }
        }
        return ordered;
    }
}
