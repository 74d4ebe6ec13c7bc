package io.netsy.replication.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What must have happened before a client is answered, in PostgreSQL's vocabulary ({@code synchronous_commit}). There is
 * no level that acknowledges before anything is durable (brief, section 4).
 */
public enum CommitLevel {
    /** Durable in the bucket, and applied by the standbys that count: a read on them sees it. */
    REMOTE_APPLY(StandbyWord.APPLIED),
    /** Durable in the bucket, and flushed by the standbys that count. */
    ON(StandbyWord.FLUSHED),
    /** Durable in the bucket, and received by the standbys that count. */
    REMOTE_WRITE(StandbyWord.RECEIVED),
    /** Durable in the bucket; no standby is waited for. The level of a single node. */
    LOCAL(StandbyWord.NONE),
    /** Flushed by the primary and by the standbys that count; archived in the bucket soon after. */
    QUORUM(StandbyWord.FLUSHED);

    /** What a standby must have done with an entry for its word to count. */
    public enum StandbyWord {
        NONE,
        RECEIVED,
        FLUSHED,
        APPLIED
    }

    private final StandbyWord standbyWord;

    CommitLevel(StandbyWord standbyWord) {
        this.standbyWord = standbyWord;
    }

    public StandbyWord standbyWord() {
        return standbyWord;
    }

    /** Whether the bucket alone holds everything acknowledged. */
    public boolean isCompleteInBucket() {
        return this != QUORUM;
    }

    /** Whether standbys are waited for. */
    public boolean needsStandbys() {
        return standbyWord != StandbyWord.NONE;
    }

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
        throw new IllegalArgumentException("'%s' is no commit level; this netsy knows: %s"
                .formatted(
                        name,
                        Arrays.stream(values()).map(CommitLevel::configName).collect(Collectors.joining(", "))));
    }
}
