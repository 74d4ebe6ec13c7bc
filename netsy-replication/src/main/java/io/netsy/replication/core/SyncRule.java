package io.netsy.replication.core;

import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.StandbyRule;

/** What a commit waits for: the level, and whose word counts at it. The register holds the one in force. */
public record SyncRule(CommitLevel level, StandbyRule standbys) {
    /** The rule of a node alone. */
    public static final SyncRule LOCAL = new SyncRule(CommitLevel.LOCAL, StandbyRule.ANYONE);

    @Override
    public String toString() {
        return level.needsStandbys() ? level.configName() + ", " + standbys : level.configName();
    }
}
