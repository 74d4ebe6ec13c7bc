package io.netsy.elector.election;

import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.model.LogPosition;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What may be lost when an election goes on with nodes that are too few for {@link FenceRule}: what was acknowledged behind the end of
 * all that they and the bucket hold, by voters of whom none is there. Pure functions.
 */
public final class PossibleLoss {
    private PossibleLoss() {}

    /**
     * The end of the bucket's chain and the longest of these tails behind it. Tails of an older term, of a dead branch or behind another
     * tip count for nothing (protocol safety, 1).
     */
    public static LogPosition end(LogPosition tip, Collection<Tail> tails) {
        LogPosition end = tip;
        for (Tail tail : tails) {
            LogPosition told = tail.end().orElse(tip);
            if (tail.tip().equals(tip) && told.term() == tip.term() && told.index() > end.index()) {
                end = told;
            }
        }
        return end;
    }

    /**
     * Whether an election can't go on without an operator's word: too few are there for its fence, or nobody has what the register
     * requires.
     *
     * @param present the disks that are there
     * @param end the end of what they and the bucket hold
     */
    public static boolean isNeeded(TermRegister register, Collection<Voter> present, LogPosition end) {
        return !FenceRule.isMet(register, present) || lacks(end, register.requiredTip());
    }

    /**
     * What may be lost, for people: which positions, and by whom they were acknowledged.
     *
     * <p>While what the register requires is not there, the last primary that was named has not begun its term. So all that was ever
     * acknowledged is at or below the tip that was required of it.
     *
     * @param register the one that an election would replace
     * @param present the disks that are there
     * @param end the end of what they and the bucket hold
     */
    public static String describe(TermRegister register, Collection<Voter> present, LogPosition end) {
        LogPosition required = register.requiredTip();
        if (required != null && lacks(end, required)) {
            return "entries above index %d of term %d, up to index %d, that were part of the log when '%s' was named to go on from there"
                    .formatted(end.index(), end.term(), required.index(), register.primary());
        }
        if (register.level().isCompleteInBucket()) {
            return "no acknowledged entry: at level %s all of them are in the bucket, which ends at index %d of term %d; but nobody can say that '%s' answers no more reads, so it must have been stopped"
                    .formatted(register.level().configName(), end.index(), end.term(), register.primary());
        }
        return "entries above index %d of term %d that were acknowledged by quorum of '%s' and %d of %s can't be excluded"
                .formatted(
                        end.index(),
                        end.term(),
                        register.primary(),
                        register.standbys().count(),
                        FenceRule.unheard(register, present));
    }

    /** In one term there is one chain; one that began later had what was required, or proved that nobody acknowledged it. */
    private static boolean lacks(LogPosition end, @Nullable LogPosition required) {
        return required != null && end.term() == required.term() && end.index() < required.index();
    }
}
