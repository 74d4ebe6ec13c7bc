package io.netsy.node.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One configuration option: the single definition that the YAML file, the environment, the flags, {@code config show}
 * and the reference are derived from.
 *
 * @param key its path in the YAML file, for example {@code s3.pathStyle}
 * @param defaultText as a user would write it; null when the option is unset by default
 * @param doc one sentence on what it is
 * @param secret never shown, and never taken as a flag, since any user of the machine can read a process's flags
 */
public record Option<T>(
        String key, OptionType<T> type, @Nullable String defaultText, String doc, boolean secret) {
    static <T> Option<T> define(String key, OptionType<T> type, @Nullable String defaultText, String doc) {
        return new Option<>(key, type, defaultText, doc, false);
    }

    static <T> Option<T> defineSecret(String key, OptionType<T> type, String doc) {
        return new Option<>(key, type, null, doc, true);
    }

    /** Its environment variable, for example {@code NETSY_S3_PATH_STYLE}. */
    public String environmentName() {
        return "NETSY_" + words('_').toUpperCase(Locale.ROOT);
    }

    /** Its flag, for example {@code --s3-path-style}. */
    public String flag() {
        return "--" + words('-');
    }

    /** Whether the flag alone, without a value, means true. */
    public boolean isSwitch() {
        return type.equals(OptionTypes.BOOLEAN);
    }

    private String words(char separator) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < key.length(); i++) {
            char letter = key.charAt(i);
            if (letter == '.') {
                words.append(separator);
            } else if (letter >= 'A' && letter <= 'Z') {
                words.append(separator).append((char) (letter - 'A' + 'a'));
            } else {
                words.append(letter);
            }
        }
        return words.toString();
    }
}
