package io.netsy.elector.term;

import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the term register says: who may write, under which term, and by which rule. It is the only source of these;
 * configuration merely proposes (brief, section 5).
 *
 * @param version raised by every write
 * @param nonce drawn anew for every write, so that no two contents are ever byte-equal and a late swap can't match
 *     (protocol safety, 13)
 * @param term at least 1, raised by every claim
 * @param state whether the term is being decided, held, or given back
 * @param primary the node the term belongs to; while an elector decides, the last one that was named
 * @param process the random id of the process it belongs to, or belonged to
 * @param elector who decided
 * @param requiredTip what the primary must hold before it puts TermStart; while an elector decides, what the last one had
 *     to; null when nothing is required
 * @param voters the nodes whose word counts
 * @param level the commit level in force
 * @param standbys whose word counts at it
 * @param lease how long a look at this register is good for; whoever takes the term waits it out
 * @param logFloor chunks below this index may have been deleted
 * @param forced the last term that an operator had begun with too few voters; null when that never happened
 */
public record TermRegister(
        long version,
        UUID nonce,
        long term,
        State state,
        String primary,
        UUID process,
        String elector,
        @Nullable LogPosition requiredTip,
        List<Voter> voters,
        CommitLevel level,
        StandbyRule standbys,
        Duration lease,
        long logFloor,
        @Nullable Forced forced) {

    /** What became of the term. */
    public enum State {
        /** Claimed; the history it goes on from is being found out. */
        ELECTING,
        /** The primary may put TermStart and serve. */
        ASSIGNED,
        /** The primary ended in good order: nothing of it is under way, nobody needs to wait. */
        RELEASED
    }

    /** A node whose word counts, and the random id of the disk that its word is written on. */
    public record Voter(String nodeId, UUID diskId) {}

    /**
     * An operator's word, by which a term began though too few voters were there to say what was acknowledged (PROTOCOL.md, "Force").
     *
     * @param term the one that began so
     * @param after the end of the history that it went on from: what was acknowledged behind it may be lost
     * @param by who said so
     * @param at when, by the clock of the command
     * @param without the voters that were not there
     */
    public record Forced(long term, LogPosition after, String by, Instant at, List<String> without) {
        public Forced {
            without = List.copyOf(without);
        }
    }

    public TermRegister {
        voters = List.copyOf(voters);
        if (version < 1 || term < 1 || lease.isNegative() || logFloor < 1) {
            throw new IllegalArgumentException("register of version %d, term %d, lease %s, log floor %d"
                    .formatted(version, term, lease, logFloor));
        }
    }

    public boolean isHeldBy(long otherTerm, UUID otherProcess) {
        return term == otherTerm && process.equals(otherProcess);
    }

    /** The next version: a claim of the next term, with rule, voters and lease as they stand. */
    public TermRegister claimedBy(Claimant claimant, UUID newNonce) {
        return new TermRegister(
                version + 1,
                newNonce,
                term + 1,
                State.ELECTING,
                claimant.nodeId(),
                claimant.process(),
                claimant.nodeId(),
                null,
                voters,
                level,
                standbys,
                lease,
                logFloor,
                forced);
    }

    /**
     * The next version: an elector decides about a later term. Who was primary, the tip that was required of it, rule, voters
     * and lease stay as they stand: by them the fence is computed, however many elections begin and do not end.
     *
     * @param newTerm above this one
     */
    public TermRegister electing(String newElector, long newTerm, UUID newNonce) {
        if (newTerm <= term) {
            throw new IllegalArgumentException("term %d does not exceed %d".formatted(newTerm, term));
        }
        return new TermRegister(
                version + 1,
                newNonce,
                newTerm,
                State.ELECTING,
                primary,
                process,
                newElector,
                requiredTip,
                voters,
                level,
                standbys,
                lease,
                logFloor,
                forced);
    }

    /** The next version: the term that an elector decided about is this process's, on top of this tip. */
    public TermRegister named(Claimant picked, Assignment assignment, UUID newNonce) {
        return new TermRegister(
                version + 1,
                newNonce,
                term,
                State.ASSIGNED,
                picked.nodeId(),
                picked.process(),
                elector,
                assignment.requiredTip(),
                assignment.voters(),
                assignment.level(),
                assignment.standbys(),
                assignment.lease(),
                logFloor,
                forced);
    }

    /** The same version, with an operator's word in it: for who makes the next version. */
    public TermRegister withForced(Forced newForced) {
        return new TermRegister(
                version,
                nonce,
                term,
                state,
                primary,
                process,
                elector,
                requiredTip,
                voters,
                level,
                standbys,
                lease,
                logFloor,
                newForced);
    }

    /** The last term that was forced; 0 when none was. */
    public long forcedTerm() {
        return forced == null ? 0 : forced.term();
    }

    /** The next version: the claimed term is assigned, on top of this tip. */
    public TermRegister assigned(Assignment assignment, UUID newNonce) {
        return new TermRegister(
                version + 1,
                newNonce,
                term,
                State.ASSIGNED,
                primary,
                process,
                elector,
                assignment.requiredTip(),
                assignment.voters(),
                assignment.level(),
                assignment.standbys(),
                assignment.lease(),
                logFloor,
                forced);
    }

    /** The next version: the primary has ended, with everything it had stored at {@code tip}. */
    public TermRegister released(LogPosition tip, UUID newNonce) {
        return new TermRegister(
                version + 1,
                newNonce,
                term,
                State.RELEASED,
                primary,
                process,
                elector,
                tip,
                voters,
                level,
                standbys,
                lease,
                logFloor,
                forced);
    }

    /**
     * The next version: the primary has ended, with everything it had stored at {@code tip}, and the next term is this process's, by the
     * rule as it stands.
     *
     * @param successor one of the voters
     */
    public TermRegister handedOver(Claimant successor, LogPosition tip, UUID newNonce) {
        if (!voters.contains(successor.asVoter())) {
            throw new IllegalArgumentException("%s is no voter of term %d".formatted(successor, term));
        }
        return new TermRegister(
                version + 1,
                newNonce,
                term + 1,
                State.ASSIGNED,
                successor.nodeId(),
                successor.process(),
                elector,
                tip,
                voters,
                level,
                standbys,
                lease,
                logFloor,
                forced);
    }

    /** The next version: chunks below this index are about to be deleted. */
    public TermRegister withLogFloor(long newLogFloor, UUID newNonce) {
        return new TermRegister(
                version + 1,
                newNonce,
                term,
                state,
                primary,
                process,
                elector,
                requiredTip,
                voters,
                level,
                standbys,
                lease,
                newLogFloor,
                forced);
    }

    /** The next version: this rule and these voters are in force. */
    public TermRegister withRule(CommitLevel newLevel, StandbyRule newStandbys, List<Voter> newVoters, UUID newNonce) {
        return new TermRegister(
                version + 1,
                newNonce,
                term,
                state,
                primary,
                process,
                elector,
                requiredTip,
                newVoters,
                newLevel,
                newStandbys,
                lease,
                logFloor,
                forced);
    }

    /** Who claims a term: a node, its disk, and the random id of this start of its process. */
    public record Claimant(String nodeId, UUID diskId, UUID process) {
        /** The claimant as the only voter there is. */
        public Voter asVoter() {
            return new Voter(nodeId, diskId);
        }
    }

    /** What a term is assigned with. */
    public record Assignment(
            LogPosition requiredTip, List<Voter> voters, CommitLevel level, StandbyRule standbys, Duration lease) {}
}
