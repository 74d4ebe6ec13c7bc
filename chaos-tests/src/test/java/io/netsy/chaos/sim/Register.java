package io.netsy.chaos.sim;

import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.LogPosition;
import java.util.Set;
import java.util.UUID;

/**
 * The term register, as far as the replication core depends on it.
 *
 * @param version rises with every swap: no two are equal (protocol safety, 13)
 * @param electing no primary is named yet
 * @param primary the last one that was named
 * @param requiredTip what the history of the named primary must hold (protocol safety, 2)
 */
record Register(
        long version,
        long term,
        boolean electing,
        String primary,
        UUID process,
        SyncRule rule,
        Set<Identity> voters,
        LogPosition requiredTip) {
    static final UUID NOBODY = new UUID(0, 0);

    Register {
        voters = Set.copyOf(voters);
    }

    boolean isHeldBy(long itsTerm, UUID itsProcess) {
        return !electing && term == itsTerm && process.equals(itsProcess);
    }

    Register electing(UUID candidate) {
        return new Register(version + 1, term + 1, true, primary, candidate, rule, voters, requiredTip);
    }

    Register assigned(String node, UUID candidate, LogPosition tip) {
        return new Register(version + 1, term, false, node, candidate, rule, voters, tip);
    }

    /** The same node's next process takes the next term. */
    Register claimed(UUID nextProcess) {
        return new Register(version + 1, term + 1, false, primary, nextProcess, rule, voters, requiredTip);
    }

    Register withRule(SyncRule newRule, Set<Identity> newVoters) {
        return new Register(version + 1, term, electing, primary, process, newRule, newVoters, requiredTip);
    }
}
