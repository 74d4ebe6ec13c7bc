package io.netsy.chaos.sim;

import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.LogPosition;
import java.util.HashSet;
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

    /** The chosen one is named; its disk takes the place of an older one, for the required tip holds all before. */
    Register assigned(Identity node, UUID candidate, LogPosition tip) {
        return new Register(version + 1, term, false, node.nodeId(), candidate, rule, votersWith(node), tip);
    }

    /** The same node's next process takes the next term. */
    Register claimed(Identity node, UUID nextProcess) {
        return new Register(
                version + 1, term + 1, false, node.nodeId(), nextProcess, rule, votersWith(node), requiredTip);
    }

    private Set<Identity> votersWith(Identity node) {
        Set<Identity> next = new HashSet<>(voters);
        next.removeIf(voter -> voter.nodeId().equals(node.nodeId()));
        next.add(node);
        return next;
    }

    Register withRule(SyncRule newRule, Set<Identity> newVoters) {
        return new Register(version + 1, term, electing, primary, process, newRule, newVoters, requiredTip);
    }
}
