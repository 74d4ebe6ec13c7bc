package io.netsy.chaos.sim;

import static io.netsy.chaos.sim.Scenarios.A;
import static io.netsy.chaos.sim.Scenarios.ARCHIVES_LATE;
import static io.netsy.chaos.sim.Scenarios.B;
import static io.netsy.chaos.sim.Scenarios.C;
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

/**
 * An operator gives two of three nodes up, which hold what the third one lacks (PROTOCOL.md, "Force"). They come back later all the
 * same: what they had acknowledged alone is not there any more, and everything else is.
 */
class ForceScenarioTest {
    private static final SimPlan PLAN = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE);

    /** All three hold some of what the bucket lacks; A and C acknowledge more alone, and are gone. */
    private static long loseTwo(SimCluster cluster) {
        cluster.run(5 * SECOND);
        write(cluster, 3);
        assertArchivesLate(cluster);
        long held = cluster.invariants().acknowledgedIndex();
        cluster.network().part(A, B);
        write(cluster, 4);
        assertThat(cluster.invariants().acknowledgedIndex()).isGreaterThan(held);
        cluster.node(A).crash();
        cluster.node(C).crash();
        cluster.network().join(A, B);
        cluster.run(10 * SECOND);
        assertThat(cluster.servingPrimary()).isNull();
        return held;
    }

    @Test
    void whatIsNamedMayBeLostAndNothingElse() {
        Script script = cluster -> {
            long held = loseTwo(cluster);
            cluster.force(B);
            cluster.run(5 * SECOND);
            assertThat(cluster.primaryNode().name()).isEqualTo(B);
            assertThat(cluster.servingPrimary()).isNotNull();
            assertThat(cluster.bucket().register().forced())
                    .matches(forced -> forced != null
                            && forced.after().index() == held
                            && forced.without().equals(List.of(A, C)));
            write(cluster, 2);
        };

        holds(PLAN, script);
        fails(PLAN, script, Planted.FORCE_LOSES_MORE_THAN_IT_NAMES, "3:");
    }

    /** C comes back first, with what was given up in its file and in its replica, and B is gone then. */
    @Test
    void scenario21_whatWasSeenOfALostRevisionIsNeverTheNextOnes() {
        Script script = cluster -> {
            loseTwo(cluster);
            cluster.force(B);
            cluster.run(5 * SECOND);
            write(cluster, 6);
            cluster.node(C).start();
            cluster.run(5 * SECOND);
            cluster.node(B).crash();
            cluster.node(A).start();
            cluster.run(5 * SECOND);
            write(cluster, 2);
        };

        holds(PLAN, script);
        fails(PLAN, script, Planted.REVISIONS_GO_ON_AFTER_FORCE, "12:");
    }

    /** B dies before its term began, and whoever leads next goes on from what was chosen: with revisions that nobody had. */
    @Test
    void scenario21_aForcedTermThatNeverBeganIsHeededByTheNext() {
        Script script = cluster -> {
            loseTwo(cluster);
            cluster.force(B);
            while (cluster.bucket().register().forcedTerm() == 0) {
                assertThat(cluster.step()).isTrue();
            }
            cluster.node(B).crash();
            cluster.node(B).start();
            cluster.run(10 * SECOND);
            assertThat(cluster.primaryNode().name()).isEqualTo(B);
            write(cluster, 6);
        };

        holds(PLAN, script);
        fails(PLAN, script, Planted.REVISIONS_GO_ON_AFTER_FORCE, "12:");
    }

    /** B is named to go on from what C has, and C is gone before B fetched it: an election's fence is met, and it can't go on. */
    @Test
    void whatWasRequiredAndIsGoneMayBeGivenUp() {
        SimPlan plan = PLAN.withCandidates(List.of(A, B));
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 3);
            cluster.network().part(A, B);
            write(cluster, 3);
            assertArchivesLate(cluster);
            cluster.node(A).crash();
            while (cluster.primaryNode() != cluster.node(B)) {
                assertThat(cluster.step()).isTrue();
            }
            cluster.node(C).crash();
            cluster.run(10 * SECOND);
            assertThat(cluster.servingPrimary()).isNull();
            cluster.force(B);
            cluster.run(5 * SECOND);
            assertThat(cluster.servingPrimary()).isNotNull();
            write(cluster, 6);
        };

        holds(plan, script);
        fails(plan, script, Planted.REVISIONS_GO_ON_AFTER_FORCE, "12:");
    }

    /** While enough are there, or somebody serves, an operator's word changes nothing. */
    @Test
    void nobodyIsForcedOutWhoCanServe() {
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 2);
            cluster.force(B);
            cluster.run(5 * SECOND);
            assertThat(cluster.primaryNode().name()).isEqualTo(A);
            assertThat(cluster.bucket().register().forced()).isNull();
            assertThat(cluster.trace().toString()).contains("force is refused");
        };

        holds(PLAN, script);
    }
}
