package io.netsy.replication.model;

import java.util.Locale;

/**
 * What must have happened before a client is answered, in PostgreSQL's vocabulary ({@code synchronous_commit}). There is
 * no level that acknowledges before anything is durable.
 */
public enum CommitLevel {
    /** Durable in the bucket; no standby is waited for. The level of a single node. */
    LOCAL;

    /** The name in configuration, register and status. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The level of that name.
     *
     * @throws IllegalArgumentException naming the levels there are
     */
    public static CommitLevel ofConfigName(String name) {
        for (CommitLevel level : values()) {
            if (level.configName().equals(name)) {
                return level;
            }
        }
        throw new IllegalArgumentException("'%s' is no commit level; this netsy knows: local".formatted(name));
    }
}
