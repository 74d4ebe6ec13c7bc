package io.netsy.node.config;

/**
 * An option's text and where it was written.
 *
 * @param origin for example {@code default}, {@code netsy.yaml line 3}, {@code NETSY_STORE} or {@code --store}
 */
public record Setting(String text, String origin) {
    static final String DEFAULT = "default";

    public boolean isDefault() {
        return origin.equals(DEFAULT);
    }
}
