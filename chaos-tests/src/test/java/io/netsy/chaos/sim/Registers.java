package io.netsy.chaos.sim;

import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.StandbyRule;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** The term register in the words of the replication core. */
final class Registers {
    static final UUID NOBODY = new UUID(0, 0);

    private Registers() {}

    static SyncRule rule(TermRegister register) {
        return new SyncRule(register.level(), register.standbys());
    }

    static Set<Identity> voters(TermRegister register) {
        return register.voters().stream()
                .map(voter -> new Identity(SimCluster.CLUSTER_ID, voter.nodeId(), voter.diskId()))
                .collect(Collectors.toSet());
    }

    static boolean isHeldBy(TermRegister register, long term, UUID process) {
        return register.state() == State.ASSIGNED && register.isHeldBy(term, process);
    }

    /** The same version with another rule, as nobody may write it. */
    static TermRegister forged(TermRegister register, CommitLevel level, StandbyRule standbys) {
        return new TermRegister(
                register.version(),
                register.nonce(),
                register.term(),
                register.state(),
                register.primary(),
                register.process(),
                register.elector(),
                register.requiredTip(),
                register.voters(),
                level,
                standbys,
                register.lease(),
                register.logFloor(),
                register.forced());
    }

    /** The same version naming this process in this term, as nobody may take it. */
    static TermRegister naming(TermRegister register, long term, UUID process) {
        return new TermRegister(
                register.version(),
                register.nonce(),
                term,
                State.ASSIGNED,
                register.primary(),
                process,
                register.elector(),
                register.requiredTip(),
                register.voters(),
                register.level(),
                register.standbys(),
                register.lease(),
                register.logFloor(),
                register.forced());
    }

    /** The same version with another required tip, as nobody may write it. */
    static TermRegister requiring(TermRegister register, LogPosition tip) {
        return new TermRegister(
                register.version(),
                register.nonce(),
                register.term(),
                register.state(),
                register.primary(),
                register.process(),
                register.elector(),
                tip,
                register.voters(),
                register.level(),
                register.standbys(),
                register.lease(),
                register.logFloor(),
                register.forced());
    }

    /** Whether two versions say the same. */
    static boolean saySame(TermRegister one, TermRegister other) {
        return one.term() == other.term()
                && one.state() == other.state()
                && one.process().equals(other.process())
                && one.level() == other.level()
                && one.standbys().equals(other.standbys())
                && one.voters().equals(other.voters());
    }

    static TermRegister withRule(TermRegister register, SyncRule rule, Set<Identity> voters, UUID nonce) {
        return register.withRule(
                rule.level(),
                rule.standbys(),
                voters.stream()
                        .map(voter -> new Voter(voter.nodeId(), voter.diskId()))
                        .sorted((one, other) -> one.nodeId().compareTo(other.nodeId()))
                        .toList(),
                nonce);
    }
}
