package io.netsy.elector.election;

import io.netsy.replication.model.LogPosition;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/**
 * An operator's word that an election may go on though too few voters are there ({@link PossibleLoss}). It is for one register, and
 * for what he was shown: where anything is different by then, nobody is made primary by it.
 *
 * @param surveyed the nonce of the register that he was shown
 * @param node who is to be primary
 * @param present the nodes that were there, this one among them: all must promise the term and say what they hold
 * @param lossAfter the end of what is there: acknowledged entries behind it may be lost
 * @param by who says so
 * @param at when, for people
 */
public record Waiver(UUID surveyed, String node, Set<String> present, LogPosition lossAfter, String by, Instant at) {
    public Waiver {
        present = Set.copyOf(present);
        if (!present.contains(node)) {
            throw new IllegalArgumentException("'%s' is not there, there are %s".formatted(node, present));
        }
    }
}
