package io.netsy.chaos.sim;

import static io.netsy.chaos.sim.Scenarios.A;
import static io.netsy.chaos.sim.Scenarios.ARCHIVES_LATE;
import static io.netsy.chaos.sim.Scenarios.B;
import static io.netsy.chaos.sim.Scenarios.C;
import static io.netsy.chaos.sim.Scenarios.D;
import static io.netsy.chaos.sim.Scenarios.MILLI;
import static io.netsy.chaos.sim.Scenarios.SECOND;
import static io.netsy.chaos.sim.Scenarios.assertArchivesLate;
import static io.netsy.chaos.sim.Scenarios.fails;
import static io.netsy.chaos.sim.Scenarios.holds;
import static io.netsy.chaos.sim.Scenarios.plan;
import static io.netsy.chaos.sim.Scenarios.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.chaos.sim.SimRun.Script;
import io.netsy.replication.model.CommitLevel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Interleavings with members that come and go, and with a standby that confirms an old primary: each holds with its rule, and fails without. */
class MemberScenarioTest {
    private static final List<String> FOUR = List.of(A, B, C, D);

    /** A is acknowledged by C, which is removed then; B has nothing of it, and by the members alone B would be enough to elect. */
    @Test
    void scenario04b_aRemovedVoterIsFencedUntilTheOthersHoldWhatItVouchedFor() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            cluster.network().part(A, B);
            write(cluster, 3);
            assertArchivesLate(cluster);
            cluster.change(cluster.members().remove(C, cluster.plan().candidates()));
            cluster.run(300 * MILLI);
            cluster.node(A).crash();
            cluster.run(5 * SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.A_REMOVED_VOTER_GOES_AT_ONCE, "3:");
    }

    /** D is a member by the log, and the register can't be changed: an election would ask B and C for what A and D hold. */
    @Test
    void scenario04c_aNewMemberVouchesOnceTheRegisterListsIt() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE).withNodes(FOUR);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            cluster.network().part(A, D);
            cluster.change(cluster.members().put(D, false));
            cluster.run(SECOND);
            assertThat(cluster.members().knownAt(Long.MAX_VALUE).voting()).contains(D);
            cluster.bucket().outage(4 * SECOND);
            cluster.network().part(A, B);
            cluster.network().part(A, C);
            cluster.run(100 * MILLI);
            cluster.network().join(A, D);
            cluster.run(SECOND);
            cluster.clients().propose(cluster.node(A));
            cluster.run(SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.A_NEW_MEMBER_VOUCHES_AT_ONCE, "7:");
    }

    /** A and C reach nobody else; C goes on to confirm A, and B, which the bucket alone makes primary, acknowledges. */
    @Test
    void scenario08_readsWaitForAllOthersWhereOneIsEnoughToFence() {
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 2);
            for (String cut : List.of(A, C)) {
                cluster.network().part(cut, B);
                cluster.network().part(cut, SimCluster.BUCKET);
                cluster.electors().forEach(elector -> cluster.network().part(cut, elector.name()));
            }
            cluster.run(5 * SECOND);
            assertThat(cluster.primaryNode().name()).isEqualTo(B);
            write(cluster, 2);
            cluster.run(3 * SECOND);
            cluster.clients().read(cluster.node(A));
            cluster.run(SECOND);
        };

        holds(plan(CommitLevel.ON), script);
        fails(plan(CommitLevel.ON), script, Planted.ONE_STANDBY_CONFIRMS_READS, "9:");
    }

    @Test
    void fromOneToThreeAndBackWithoutAnEndOfWrites() {
        SimPlan plan = plan(CommitLevel.QUORUM).withMembers(List.of(A));
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 2);
            for (String node : List.of(B, C)) {
                cluster.change(cluster.members().put(node, true));
                cluster.run(3 * SECOND);
                cluster.change(cluster.members().put(node, false));
                cluster.run(3 * SECOND);
                write(cluster, 2);
            }
            assertThat(cluster.bucket().register().voters()).hasSize(3);
            assertThat(cluster.bucket().register().level()).isEqualTo(CommitLevel.QUORUM);
            cluster.change(cluster.members().remove(A, cluster.plan().candidates()));
            cluster.run(6 * SECOND);
            assertThat(cluster.primaryNode().name()).isNotEqualTo(A);
            write(cluster, 2);
            String primary = cluster.primaryNode().name();
            cluster.change(cluster.members()
                    .remove(primary.equals(B) ? C : B, cluster.plan().candidates()));
            cluster.run(3 * SECOND);
            write(cluster, 2);
            assertThat(cluster.bucket().register().voters())
                    .singleElement()
                    .satisfies(voter -> assertThat(voter.nodeId()).isEqualTo(primary));
            assertThat(cluster.bucket().register().level()).isEqualTo(CommitLevel.LOCAL);
        };

        holds(plan, script);
    }
}
