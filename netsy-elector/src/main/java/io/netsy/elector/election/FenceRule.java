package io.netsy.elector.election;

import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.replication.model.StandbyRule;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How many disks must have promised a term before a primary may be named in it: so many that they meet every set of disks that may
 * have vouched for an acknowledged entry that the bucket lacks, and every set that may still confirm a read of the old
 * primary (brief, section 5; protocol safety, 4, 6, 8 and 19).
 *
 * <ul>
 *   <li>Where the bucket alone is complete: one voter. The old primary's reads wait for all others, or for the register.
 *   <li>At {@code quorum}: the last primary itself, or of the n-element list L as many as leave fewer than n of it unmet.
 *       FIRST is a preference and counts as ANY.
 *   <li>Where one voter is all there is and the bucket is complete, nobody can confirm the old primary's reads but the
 *       register, so its lease is fence enough.
 * </ul>
 *
 * A disk that the register does not name counts for nothing. Pure functions.
 */
public final class FenceRule {
    private FenceRule() {}

    /**
     * Whether the fence is met.
     *
     * @param replaced the register, or the claim that copied rule, voters and last primary from it
     * @param fenced the disks that promised
     */
    public static boolean isMet(TermRegister replaced, Collection<Voter> fenced) {
        Set<String> counted = fenced.stream()
                .filter(replaced.voters()::contains)
                .map(Voter::nodeId)
                .collect(Collectors.toSet());
        if (replaced.level().isCompleteInBucket()) {
            return !counted.isEmpty() || isLeaseAlone(replaced);
        }
        List<String> list = list(replaced);
        return counted.contains(replaced.primary())
                || list.stream().filter(counted::contains).count() >= needed(replaced, list);
    }

    /** Whether nobody has to be fenced: the register's lease alone ends the only voter's right. */
    public static boolean isLeaseAlone(TermRegister replaced) {
        return replaced.level().isCompleteInBucket() && replaced.voters().size() == 1;
    }

    /** What the fence waits for, for people. */
    public static String describe(TermRegister replaced) {
        if (isLeaseAlone(replaced)) {
            return "nobody";
        }
        if (replaced.level().isCompleteInBucket()) {
            return "one of " + names(replaced);
        }
        List<String> list = list(replaced);
        return "'%s', or %d of %s".formatted(replaced.primary(), needed(replaced, list), list);
    }

    /** Whose word may have counted beside the last primary's, and who is not among these. */
    static List<String> unheard(TermRegister replaced, Collection<Voter> present) {
        return list(replaced).stream()
                .filter(name -> !isPresent(name, replaced, present))
                .toList();
    }

    /** Voters that are not among these. */
    static List<String> missing(TermRegister replaced, Collection<Voter> present) {
        return replaced.voters().stream()
                .map(Voter::nodeId)
                .filter(name -> !isPresent(name, replaced, present))
                .toList();
    }

    private static boolean isPresent(String name, TermRegister replaced, Collection<Voter> present) {
        return present.stream()
                .anyMatch(voter ->
                        voter.nodeId().equals(name) && replaced.voters().contains(voter));
    }

    /** Voters whose word counted beside the last primary's. */
    private static List<String> list(TermRegister replaced) {
        Set<String> voters = names(replaced);
        return replaced.standbys().listFor(replaced.primary(), voters).stream()
                .filter(voters::contains)
                .toList();
    }

    private static int needed(TermRegister replaced, List<String> list) {
        StandbyRule rule = replaced.standbys();
        return rule.fenceSize(list.size());
    }

    private static Set<String> names(TermRegister replaced) {
        return replaced.voters().stream().map(Voter::nodeId).collect(Collectors.toSet());
    }
}
