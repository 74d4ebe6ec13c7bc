package io.netsy.replication.core;

import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How a primary treats its standbys.
 *
 * @param self the primary's own name, which never counts
 * @param nodes the names of all nodes, the primary's included, until the log says who the members are
 * @param wanted the rule that configuration asks for; in force is what the register says
 * @param noSync the names of nodes whose word is to count for no commit
 * @param loss what happens when too few standbys are there for the rule
 * @param bucketLoss what happens when the bucket does not answer
 * @param limits sizes and times
 */
public record Replication(
        String self,
        Set<String> nodes,
        SyncRule wanted,
        Set<String> noSync,
        StandbyLoss loss,
        BucketLoss bucketLoss,
        Limits limits) {
    /** A node alone. */
    public static final Replication NONE = new Replication(
            "", Set.of(), SyncRule.LOCAL, Set.of(), StandbyLoss.DEGRADE, BucketLoss.STALL, Limits.NO_STANDBYS);

    public Replication {
        nodes = Set.copyOf(nodes);
        noSync = Set.copyOf(noSync);
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

    /** The policy for a bucket that does not answer (brief, section 4). */
    public enum BucketLoss {
        /** Writes wait for it. */
        STALL,
        /**
         * Writes go on by the standbys' word, as at {@code quorum}. The register says {@code quorum} all the time, for it can't
         * be changed when it is needed; so every election fences as at that level (protocol safety, 5).
         */
        QUORUM
    }

    /**
     * The rule that is wanted of these members: of fewer than it waits for, the bucket's word alone. Where some are never to count it
     * names those that do, so that an election by the register fences these alone.
     */
    public SyncRule wanted(Membership members) {
        if (!wanted.level().needsStandbys()) {
            return wanted;
        }
        StandbyRule rule = wanted.standbys();
        List<String> counted = (rule.names().isEmpty()
                        ? members.voting().stream().sorted()
                        : rule.names().stream())
                .filter(name -> !noSync.contains(name))
                .toList();
        long others = counted.stream()
                .filter(name -> members.voting().contains(name) && !name.equals(self))
                .count();
        if (others < rule.count()) {
            return SyncRule.LOCAL;
        }
        return noSync.isEmpty()
                ? wanted
                : new SyncRule(wanted.level(), new StandbyRule(rule.choice(), rule.count(), counted));
    }

    /** The rule that the register holds when the wanted one is in force. */
    SyncRule recorded(Membership members) {
        SyncRule rule = wanted(members);
        boolean mayLeaveTheBucket = bucketLoss == BucketLoss.QUORUM
                && rule.level().needsStandbys()
                && rule.level().isCompleteInBucket();
        return mayLeaveTheBucket ? new SyncRule(CommitLevel.QUORUM, rule.standbys()) : rule;
    }

    /**
     * Sizes and times.
     *
     * @param standbyTimeout how long too few standbys are waited for before the policy acts
     * @param bucketTimeout how long one chunk may take before the bucket counts as lost
     * @param windowBytes what is sent to a standby before it reports
     * @param memoryBytes frames kept for standbys that are a little behind
     * @param archiveDelay how long committed entries wait for the bucket at {@code quorum}
     * @param archiveBytes how many committed bytes go to the bucket at once at {@code quorum}
     * @param outstandingBytes how much may be missing from the bucket at {@code quorum} before writes stall
     * @param framesInFlight frames that are not committed yet before the next waits for company, at {@code quorum}
     */
    public record Limits(
            Duration standbyTimeout,
            Duration bucketTimeout,
            long windowBytes,
            long memoryBytes,
            Duration archiveDelay,
            long archiveBytes,
            long outstandingBytes,
            int framesInFlight) {
        public static final Limits DEFAULT = new Limits(
                Duration.ofSeconds(3),
                Duration.ofSeconds(3),
                16 << 20,
                64 << 20,
                Duration.ofSeconds(1),
                4 << 20,
                256 << 20,
                2);

        /** Nobody is behind, so nothing is kept for them. */
        static final Limits NO_STANDBYS = new Limits(Duration.ZERO, Duration.ZERO, 0, 0, Duration.ZERO, 0, 0, 1);
    }
}
