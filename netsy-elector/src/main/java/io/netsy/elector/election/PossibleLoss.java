package io.netsy.elector.election;

import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.model.LogPosition;
import java.util.Collection;
import java.util.List;
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
     * What nobody can exclude, for people: which positions, and by whom they were acknowledged.
     *
     * @param register the one whose fence can't be met
     * @param present the disks that are there
     * @param end the end of what they and the bucket hold
     */
    public static String describe(TermRegister register, Collection<Voter> present, LogPosition end) {
        StringBuilder text = new StringBuilder();
        if (register.level().isCompleteInBucket()) {
            text.append(
                    "no acknowledged entry: at level %s all of them are in the bucket, which ends at index %d of term %d; but nobody"
                            .formatted(register.level().configName(), end.index(), end.term()));
            text.append(" can say that '%s' answers no more reads, so it must have been stopped"
                    .formatted(register.primary()));
        } else {
            List<String> others = FenceRule.unheard(register, present);
            text.append(
                    "entries above index %d of term %d that were acknowledged by quorum of '%s' and %d of %s can't be excluded"
                            .formatted(
                                    end.index(),
                                    end.term(),
                                    register.primary(),
                                    register.standbys().count(),
                                    others));
        }
        LogPosition required = register.requiredTip();
        if (required != null && lacks(end, required)) {
            text.append("; of these, all up to index %d are known to be part of the log".formatted(required.index()));
        }
        return text.toString();
    }

    private static boolean lacks(LogPosition end, @Nullable LogPosition required) {
        return required != null && end.term() == required.term() && end.index() < required.index();
    }
}
