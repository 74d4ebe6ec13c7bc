package io.netsy.node.config;

import java.util.List;

/** The configuration is wrong. Each problem is one line: where it stands, what is wrong, what to write instead. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public ConfigException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** At least one. */
    public List<String> problems() {
        return problems;
    }
}
