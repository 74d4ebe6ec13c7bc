package io.netsy.replication.core;

import java.time.Duration;
import java.util.Set;

/**
 * How a primary treats its standbys.
 *
 * @param self the primary's own name, which never counts
 * @param nodes the names of all nodes, the primary's included; a standby of another name is refused
 * @param wanted the rule that configuration asks for; in force is what the register says
 * @param loss what happens when too few standbys are there for the rule
 * @param limits sizes and times
 */
public record Replication(String self, Set<String> nodes, SyncRule wanted, StandbyLoss loss, Limits limits) {
    /** A node alone. */
    public static final Replication NONE =
            new Replication("", Set.of(), SyncRule.LOCAL, StandbyLoss.DEGRADE, Limits.NO_STANDBYS);

    public Replication {
        nodes = Set.copyOf(nodes);
        if (wanted.level().needsStandbys()) {
            wanted.standbys().validate(self, nodes);
        }
    }

    /** Whether there are other nodes. */
    boolean hasStandbys() {
        return !nodes.isEmpty();
    }

    /** The policy for lost standbys (brief, section 4). */
    public enum StandbyLoss {
        /** Go on by the bucket alone once the register says so. */
        DEGRADE,
        /** Wait for them, as PostgreSQL does. */
        BLOCK
    }

    /**
     * Sizes and times.
     *
     * @param standbyTimeout how long too few standbys are waited for before the policy acts
     * @param windowBytes what is sent to a standby before it reports
     * @param memoryBytes frames kept for standbys that are a little behind
     * @param archiveDelay how long committed entries wait for the bucket at {@code quorum}
     * @param archiveBytes how many committed bytes go to the bucket at once at {@code quorum}
     * @param outstandingBytes how much may be missing from the bucket at {@code quorum} before writes stall
     * @param framesInFlight frames that are not committed yet before the next waits for company, at {@code quorum}
     */
    public record Limits(
            Duration standbyTimeout,
            long windowBytes,
            long memoryBytes,
            Duration archiveDelay,
            long archiveBytes,
            long outstandingBytes,
            int framesInFlight) {
        public static final Limits DEFAULT =
                new Limits(Duration.ofSeconds(3), 16 << 20, 64 << 20, Duration.ofSeconds(1), 4 << 20, 256 << 20, 2);

        /** Nobody is behind, so nothing is kept for them. */
        static final Limits NO_STANDBYS = new Limits(Duration.ZERO, 0, 0, Duration.ZERO, 0, 0, 1);
    }
}
