package io.netsy.node.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Settings from environment variables named {@code NETSY_*}. */
final class EnvironmentSource {
    private static final String PREFIX = "NETSY_";

    /** Variables that the launcher or the command line read. */
    private static final Set<String> OTHERS =
            Set.of(ConfigInputs.FILE_VARIABLE, "NETSY_DEBUG", "NETSY_HEAP", "NETSY_JVM_OPTS", "NETSY_SKIP_BUILD");

    /** What Kubernetes puts into every pod for a Service whose name begins with netsy. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("NETSY_(.*_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_\\d+_(TCP|UDP|SCTP)(_.*)?)?)");

    private EnvironmentSource() {}

    static Map<String, Setting> read(Map<String, String> environment, List<String> problems) {
        Map<String, Setting> settings = new HashMap<>();
        Map<String, String> ours = new TreeMap<>();
        environment.forEach((name, text) -> {
            if (name.startsWith(PREFIX)) {
                ours.put(name, text);
            }
        });
        for (Option<?> option : ours.isEmpty() ? List.<Option<?>>of() : Options.ALL) {
            String text = ours.remove(option.environmentName());
            if (text != null) {
                settings.put(option.key(), new Setting(text, Setting.Source.ENVIRONMENT, option.environmentName()));
            }
        }
        for (String name : ours.keySet()) {
            if (!OTHERS.contains(name) && !SERVICE_LINK.matcher(name).matches()) {
                problems.add("environment variable " + name + ": no such option" + suggestion(name));
            }
        }
        return settings;
    }

    private static String suggestion(String name) {
        return Suggestion.of(
                name, Options.ALL.stream().map(Option::environmentName).toList());
    }
}
