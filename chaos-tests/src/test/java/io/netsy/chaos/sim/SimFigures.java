package io.netsy.chaos.sim;

import io.netsy.replication.model.CommitLevel;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
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
        CLAIMS,
        FENCED,
        ASSIGNMENTS,
        LOST_SWAPS,
        OPENED_WITH_TAIL,
        FETCHES,
        HAND_OVERS,
        RULE_CHANGES,
        MEMBER_CHANGES,
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

    private final Map<Seen, Long> counts = new EnumMap<>(Seen.class);

    void count(Seen seen) {
        count(seen, 1);
    }

    void count(Seen seen, long more) {
        counts.merge(seen, more, Long::sum);
    }

    void countAt(CommitLevel level) {
        count(Seen.valueOf("AT_" + level.name()));
    }

    long of(Seen seen) {
        return counts.getOrDefault(seen, 0L);
    }

    void add(SimFigures other) {
        other.counts.forEach(this::count);
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
