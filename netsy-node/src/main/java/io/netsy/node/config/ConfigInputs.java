package io.netsy.node.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration is read from, from low to high precedence: the defaults, the file, the environment, the flags.
 *
 * @param file null when there is none
 * @param environment the process's environment
 * @param flags texts by option key
 * @param dev whether the defaults are those of a first try: everything below {@code ./netsy-data}
 */
public record ConfigInputs(
        @Nullable Path file, Map<String, String> environment, Map<String, String> flags, boolean dev) {
    /** The environment variable that names the file when no flag does. */
    public static final String FILE_VARIABLE = "NETSY_CONFIG";

    public ConfigInputs {
        environment = Map.copyOf(environment);
        flags = Map.copyOf(flags);
        String named = environment.get(FILE_VARIABLE);
        file = file == null && named != null ? Path.of(named) : file;
    }
}
