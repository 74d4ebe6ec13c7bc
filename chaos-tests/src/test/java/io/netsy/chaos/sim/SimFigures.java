package io.netsy.chaos.sim;

import io.netsy.replication.model.CommitLevel;
import java.util.Locale;
import java.util.StringJoiner;

/** What happened in one run, or in many, counted. */
final class SimFigures {
    /** What is counted. */
    enum Seen {
        EVENTS,
        SEQUENCED,
        ACKNOWLEDGED,
        READS,
        CRASHES,
        WIPES,
        TERMS,
        FENCED_ELECTIONS,
        RESTARTS_WITH_TAIL,
        RULE_CHANGES,
        DEGRADED,
        RETURNED,
        REWINDS,
        REBUILDS,
        ADOPTIONS,
        FROM_FILE,
        FROM_BUCKET,
        LATE_PUTS,
        LOST_MESSAGES,
        AT_REMOTE_APPLY,
        AT_ON,
        AT_REMOTE_WRITE,
        AT_LOCAL,
        AT_QUORUM
    }

    private final long[] counts = new long[Seen.values().length];

    void count(Seen seen) {
        count(seen, 1);
    }

    void count(Seen seen, long more) {
        counts[seen.ordinal()] += more;
    }

    void countAt(CommitLevel level) {
        count(Seen.valueOf("AT_" + level.name()));
    }

    long of(Seen seen) {
        return counts[seen.ordinal()];
    }

    void add(SimFigures other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
    }

    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(" ");
        for (Seen seen : Seen.values()) {
            text.add(seen.name().toLowerCase(Locale.ROOT) + "=" + of(seen));
        }
        return text.toString();
    }
}
