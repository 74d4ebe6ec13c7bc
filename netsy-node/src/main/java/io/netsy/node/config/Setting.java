package io.netsy.node.config;

/**
 * An option's text and where it was written.
 *
 * @param origin the place, for example {@code default}, {@code netsy.yaml line 3}, {@code NETSY_STORE} or {@code --store}
 */
public record Setting(String text, Source source, String origin) {
    /** The kinds of places, from low to high precedence. */
    public enum Source {
        DEFAULT,
        FILE,
        ENVIRONMENT,
        FLAG
    }

    static final String DEFAULT_ORIGIN = "default";

    static Setting ofDefault(String text) {
        return new Setting(text, Source.DEFAULT, DEFAULT_ORIGIN);
    }

    public boolean isDefault() {
        return source == Source.DEFAULT;
    }
}
