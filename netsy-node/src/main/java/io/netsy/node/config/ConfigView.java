package io.netsy.node.config;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The effective configuration for people and programs: every option that has a value, where the value came from, secrets
 * masked. Unset options are left out.
 */
public final class ConfigView {
    private static final String MASK = "***";
    private static final Pattern PASSWORD_IN_URL = Pattern.compile("(?<=://)[^/@\\s]*@");

    /** What means the same without quotes to every version of YAML. */
    private static final Pattern PLAIN_YAML =
            Pattern.compile("(?!(?i:on|off|yes|no|y|n|null)$)[A-Za-z0-9./][A-Za-z0-9_./+=@-]*(:[A-Za-z0-9_./+=@-]+)*");

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private final Map<String, Setting> settings;

    /** @param loaded what to show */
    public ConfigView(LoadedConfig loaded) {
        this.settings = loaded.settings();
    }

    /** One line an option: its key, its value, its origin, in columns. */
    public String text() {
        List<Option<?>> shown = shown();
        int keyWidth =
                shown.stream().mapToInt(option -> option.key().length()).max().orElse(0);
        int valueWidth = shown.stream()
                .mapToInt(option -> valueOf(option).length())
                .max()
                .orElse(0);
        StringBuilder lines = new StringBuilder();
        for (Option<?> option : shown) {
            lines.append(pad(option.key(), keyWidth))
                    .append("  ")
                    .append(pad(valueOf(option), valueWidth))
                    .append("  ")
                    .append(settingOf(option).origin())
                    .append('\n');
        }
        return lines.toString();
    }

    /**
     * A JSON object with one member an option, by its key: {@code {"value", "source", "origin"}}. The source is
     * {@code default}, {@code file}, {@code environment} or {@code flag}; the origin names the place in it. Members are
     * only ever added to this schema.
     */
    public String json() {
        JsonObject root = new JsonObject();
        for (Option<?> option : shown()) {
            JsonObject member = new JsonObject();
            member.addProperty("value", valueOf(option));
            member.addProperty("source", settingOf(option).source().name().toLowerCase(Locale.ROOT));
            member.addProperty("origin", settingOf(option).origin());
            root.add(option.key(), member);
        }
        return GSON.toJson(root) + "\n";
    }

    /** A configuration file that says the same, with the origin of each value as a comment; secrets are comments only. */
    public String yaml() {
        StringBuilder file = new StringBuilder();
        String group = "";
        for (Option<?> option : shown()) {
            String key = option.key();
            String parent = key.substring(0, Math.max(key.lastIndexOf('.'), 0));
            if (!parent.equals(group)) {
                openGroups(file, group, parent);
                group = parent;
            }
            file.append(indentOf(parent))
                    .append(option.secret() ? "# " : "")
                    .append(key, parent.isEmpty() ? 0 : parent.length() + 1, key.length())
                    .append(": ")
                    .append(quoted(valueOf(option)))
                    .append("  # ")
                    .append(settingOf(option).origin())
                    .append('\n');
        }
        return file.toString();
    }

    /** Writes the names of the groups of {@code to} that are not open in {@code from} yet. */
    private static void openGroups(StringBuilder file, String from, String to) {
        String open = "";
        for (String name : to.isEmpty() ? new String[0] : to.split("\\.", -1)) {
            String next = open.isEmpty() ? name : open + "." + name;
            if (!(from + ".").startsWith(next + ".")) {
                file.append(indentOf(open)).append(name).append(":\n");
            }
            open = next;
        }
    }

    private static String indentOf(String group) {
        return group.isEmpty() ? "" : "  ".repeat(group.split("\\.", -1).length);
    }

    private static String quoted(String text) {
        return PLAIN_YAML.matcher(text).matches() ? text : new Gson().toJson(text);
    }

    private List<Option<?>> shown() {
        return Options.ALL.stream()
                .filter(option -> settings.containsKey(option.key()))
                .toList();
    }

    private Setting settingOf(Option<?> option) {
        Setting setting = settings.get(option.key());
        if (setting == null) {
            throw new IllegalStateException(option.key() + " has no setting");
        }
        return setting;
    }

    private String valueOf(Option<?> option) {
        return option.secret()
                ? MASK
                : PASSWORD_IN_URL.matcher(settingOf(option).text()).replaceAll(MASK + "@");
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
