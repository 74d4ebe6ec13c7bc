package io.netsy.chaos.sim;

import io.netsy.replication.core.PeerMessage.Hello;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.PrimaryEffect;
import io.netsy.replication.core.PrimaryEvent;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.StandbyRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rules of members and of who confirms, each taken away. */
final class MemberSabotages {
    private MemberSabotages() {}

    /** The register follows the log without a look at what the others hold. */
    static final class RemovedVoterGoesAtOnce implements Sabotage {
        private final Set<Identity> came = new HashSet<>();

        @Override
        public PrimaryEvent toPrimary(PrimaryEvent event) {
            if (event instanceof PrimaryEvent.StandbyCame standby) {
                came.add(standby.hello().identity());
            }
            return event;
        }

        @Override
        public List<PrimaryEffect> fromPrimary(PrimaryEvent cause, List<PrimaryEffect> effects) {
            boolean removes = cause instanceof PrimaryEvent.MembersChanged changed
                    && came.stream().anyMatch(node -> !changed.members().contains(node.nodeId()));
            if (!removes || !(cause instanceof PrimaryEvent.MembersChanged changed)) {
                return effects;
            }
            Set<Identity> voters = new HashSet<>(came);
            voters.removeIf(node -> !changed.members().contains(node.nodeId()));
            List<PrimaryEffect> more = new ArrayList<>(effects);
            more.add(new PrimaryEffect.RecordRule(new SyncRule(CommitLevel.QUORUM, StandbyRule.ANYONE), voters));
            return more;
        }
    }

    /** Whoever comes counts as a voter that is not there. */
    static final class NewMemberVouches implements Sabotage {
        private final Set<Identity> known = new HashSet<>();

        @Override
        public PrimaryEvent toPrimary(PrimaryEvent event) {
            if (!(event instanceof PrimaryEvent.StandbyCame came)) {
                return event;
            }
            Hello hello = came.hello();
            if (!hello.identity().nodeId().equals(Scenarios.D)) {
                known.add(hello.identity());
                return event;
            }
            Identity other = known.stream()
                    .filter(identity -> identity.nodeId().equals(Scenarios.C))
                    .findFirst()
                    .orElse(hello.identity());
            return new PrimaryEvent.StandbyCame(
                    came.stream(), new Hello(other, hello.term(), hello.committed(), hello.tail()), came.now());
        }
    }
}
