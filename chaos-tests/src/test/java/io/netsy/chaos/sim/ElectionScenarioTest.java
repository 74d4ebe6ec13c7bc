package io.netsy.chaos.sim;

import static io.netsy.chaos.sim.Scenarios.A;
import static io.netsy.chaos.sim.Scenarios.ARCHIVES_LATE;
import static io.netsy.chaos.sim.Scenarios.B;
import static io.netsy.chaos.sim.Scenarios.C;
import static io.netsy.chaos.sim.Scenarios.MILLI;
import static io.netsy.chaos.sim.Scenarios.SECOND;
import static io.netsy.chaos.sim.Scenarios.assertArchivesLate;
import static io.netsy.chaos.sim.Scenarios.fails;
import static io.netsy.chaos.sim.Scenarios.holds;
import static io.netsy.chaos.sim.Scenarios.plan;
import static io.netsy.chaos.sim.Scenarios.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.chaos.sim.SimFigures.Seen;
import io.netsy.chaos.sim.SimRun.Script;
import io.netsy.replication.core.Replication.BucketLoss;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The interleavings that need an election, by their numbers: each holds with its rule, and fails when that rule is taken out. */
class ElectionScenarioTest {
    /** All that A has beyond the others is of a term that is over, and longer than what they acknowledged since. */
    @Test
    void scenario01_aLongTailOfADeadTermCountsForNothing() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 2);
            cluster.network().part(A, B);
            cluster.network().part(A, C);
            for (int i = 0; i < 8; i++) {
                cluster.clients().propose(cluster.node(A));
            }
            cluster.run(100 * MILLI);
            cluster.node(A).freeze(6 * SECOND);
            cluster.run(4 * SECOND);
            cluster.network().join(A, B);
            cluster.network().join(A, C);
            assertThat(cluster.primaryNode().name()).isNotEqualTo(A);
            write(cluster, 2);
            assertArchivesLate(cluster);
            cluster.primaryNode().crash();
            cluster.run(5 * SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.THE_LONGEST_FILE_WINS, "3:");
    }

    /** C holds what A acknowledged, and may not be primary: B, which does, must get it from C first. */
    @Test
    void scenario02_aPrimaryBeginsWithAllThatIsRequired() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE).withCandidates(List.of(A, B));
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            cluster.network().part(A, B);
            write(cluster, 3);
            assertArchivesLate(cluster);
            cluster.node(A).crash();
            cluster.run(5 * SECOND);
            assertThat(cluster.primaryNode().name()).isEqualTo(B);
        };

        holds(plan, script);
        fails(plan, script, Planted.A_PRIMARY_BEGINS_BELOW_THE_REQUIRED_TIP, "3:");
    }

    @Test
    void scenario03_theLevelIsWhatTheReplacedRegisterSaid() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 3);
            assertArchivesLate(cluster);
            cluster.node(A).crash();
            cluster.run(5 * SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.THE_LEVEL_IS_CONFIGURATIONS, "6:");
    }

    /** A and C acknowledged, and the elector reaches B alone; by a configured n of 2 that would be enough. */
    @Test
    void scenario04_theFenceIsComputedByTheReplacedRegistersRule() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            cluster.network().part(A, B);
            cluster.electors().forEach(elector -> cluster.network().part(C, elector.name()));
            write(cluster, 3);
            assertArchivesLate(cluster);
            cluster.node(A).crash();
            cluster.run(5 * SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.THE_FENCE_IS_BY_CONFIGURATION, "3:");
    }

    @Test
    void scenario05_theRegisterSaysBeforehandThatWritesMayGoOnWithoutTheBucket() {
        SimPlan plan = plan(CommitLevel.ON).with(BucketLoss.QUORUM);
        Script script = cluster -> {
            cluster.run(6 * SECOND);
            cluster.network().part(A, B);
            cluster.bucket().outage(6 * SECOND);
            write(cluster, 1);
            cluster.run(2 * SECOND);
            write(cluster, 3);
            cluster.node(A).crash();
            cluster.run(5 * SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.QUORUM_IS_NOT_RECORDED, "6:");
    }

    /** C, which had vouched, comes back with an empty disk while the others are away. */
    @Test
    void scenario06_aNewDiskIsNobodyInAFence() {
        StandbyRule both = StandbyRule.parse("ANY 2 (node-a, node-b, node-c)");
        SimPlan plan = SimPlan.calm(new SyncRule(CommitLevel.QUORUM, both)).with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 3);
            assertArchivesLate(cluster);
            cluster.node(C).loseDisk();
            cluster.node(A).crash();
            cluster.node(B).crash();
            cluster.node(C).start();
            cluster.run(5 * SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.A_NAME_IS_FENCED_WITHOUT_ITS_DISK, "3:");
    }

    /** A sleeps before a key that retention has freed when it wakes; it hears nothing of what came between, but by that key. */
    @Test
    void scenario07_theKeyThatASleeperWouldTryStaysUsed() {
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 2);
            cluster.network().part(A, SimCluster.BUCKET);
            cluster.clients().propose(cluster.node(A));
            cluster.run(100 * MILLI);
            cluster.network().part(A, B);
            cluster.network().part(A, C);
            cluster.electors().forEach(elector -> cluster.network().part(A, elector.name()));
            cluster.node(A).freeze(8 * SECOND);
            cluster.network().join(A, SimCluster.BUCKET);
            cluster.run(6 * SECOND);
            assertThat(cluster.primaryNode().name()).isNotEqualTo(A);
            write(cluster, 5);
            cluster.bucket().retainFrom(cluster.invariants().stored().index());
            cluster.run(4 * SECOND);
        };

        holds(plan(CommitLevel.LOCAL), script);
        fails(plan(CommitLevel.LOCAL), script, Planted.FIRST_CHUNKS_GO, "3:");
    }

    /** A and C are cut off from all the rest; the bucket is complete, so the election does without C, and C goes on following A. */
    @Test
    void scenario08_whoAFenceMayDoWithoutCannotConfirmAReadAlone() {
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 2);
            for (String cut : List.of(A, C)) {
                cluster.network().part(cut, B);
                cluster.network().part(cut, SimCluster.BUCKET);
                cluster.electors().forEach(elector -> cluster.network().part(cut, elector.name()));
            }
            cluster.run(6 * SECOND);
            assertThat(cluster.primaryNode().name()).isEqualTo(B);
            write(cluster, 2);
            cluster.run(SECOND);
            assertThat(cluster.node(A).primary()).isNotNull();
            assertThat(cluster.node(C).standby()).matches(standby -> standby != null && standby.isFollowing());
            cluster.clients().read(cluster.node(A));
            cluster.run(SECOND);
        };

        holds(plan(CommitLevel.ON), script);
        fails(plan(CommitLevel.ON), script, Planted.ONE_STANDBY_CONFIRMS_READS, "9:");
    }

    @Test
    void scenario09_aLeaseDoesNotOutliveASuspendedMachine() {
        SimPlan plan = plan(CommitLevel.LOCAL).with(Duration.ofSeconds(1));
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 2);
            cluster.node(A).freezeMachine(5 * SECOND);
            cluster.run(4500 * MILLI);
            assertThat(cluster.primaryNode().name()).isNotEqualTo(A);
            write(cluster, 2);
            while (cluster.node(A).isFrozen()) {
                assertThat(cluster.step()).isTrue();
            }
            cluster.clients().read(cluster.node(A));
            cluster.run(SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.A_LEASE_IS_MEASURED_BY_THE_WALL_CLOCK, "9:");
    }

    /** A has nothing to write, so no key tells it that its term is over; it reaches the bucket, and asks there before it answers. */
    @Test
    void scenario10_anIdlePrimaryThatWasReplacedAnswersNoRead() {
        SimPlan plan = plan(CommitLevel.LOCAL).with(Duration.ofSeconds(1));
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 2);
            cluster.network().part(A, B);
            cluster.network().part(A, C);
            cluster.electors().forEach(elector -> cluster.network().part(A, elector.name()));
            cluster.run(6 * SECOND);
            assertThat(cluster.primaryNode().name()).isNotEqualTo(A);
            write(cluster, 2);
            cluster.clients().read(cluster.node(A));
            cluster.run(SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.THE_REGISTER_IS_NOT_LOOKED_AT, "9:");
    }

    /** A dies and is back before anybody misses it: the register names its node, and another process. */
    @Test
    void scenario11_aTermIsOfOneProcess() {
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 2);
            cluster.electors().forEach(SimElector::crash);
            cluster.node(A).crash();
            cluster.node(A).start();
            cluster.run(3 * SECOND);
            cluster.clients().propose(cluster.node(A));
            cluster.run(SECOND);
        };

        holds(plan(CommitLevel.LOCAL), script);
        fails(plan(CommitLevel.LOCAL), script, Planted.A_NAME_LEADS_WHATEVER_ITS_PROCESS, "2:");
    }

    /** C has told the elector what it holds, then hears nothing of the outcome, and A wakes up. */
    @Test
    void scenario18_nothingIsConfirmedAfterTheFence() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE).withCandidates(List.of(A, B));
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 2);
            cluster.node(A).freeze(2 * SECOND);
            long before = cluster.figures().of(Seen.ASSIGNMENTS);
            while (cluster.figures().of(Seen.ASSIGNMENTS) == before) {
                assertThat(cluster.step()).isTrue();
            }
            cluster.network().part(B, C);
            cluster.electors().forEach(elector -> cluster.network().part(C, elector.name()));
            while (cluster.node(A).isFrozen()) {
                assertThat(cluster.step()).isTrue();
            }
            cluster.clients().propose(cluster.node(A));
            cluster.run(SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.A_FENCED_NODE_FOLLOWS_ON, "3:");
    }

    /** B, the first of the list, was away when A and C acknowledged; C is out of the elector's reach when A is gone. */
    @Test
    void scenario19_firstIsNoEvidenceOfWhoVouched() {
        SimPlan plan = SimPlan.calm(new SyncRule(CommitLevel.QUORUM, StandbyRule.parse("FIRST 1 (node-b, node-c)")))
                .with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 2);
            cluster.network().part(A, B);
            cluster.run(4 * SECOND);
            write(cluster, 3);
            assertArchivesLate(cluster);
            cluster.electors().forEach(elector -> cluster.network().part(C, elector.name()));
            cluster.node(A).crash();
            cluster.run(5 * SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.FIRST_IS_FENCED_BY_ITS_FIRST, "3:");
    }

    @Test
    void scenario25_aPrimaryThatTheOthersHearIsNotReplaced() {
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            cluster.electors().forEach(elector -> cluster.network().part(A, elector.name()));
            cluster.run(10 * SECOND);
            if (cluster.figures().of(Seen.TERMS) > 1) {
                throw new InvariantBroken("NEEDLESS: a healthy primary was replaced");
            }
        };

        holds(plan(CommitLevel.ON), script);
        fails(plan(CommitLevel.ON), script, Planted.THE_OTHERS_ARE_NOT_ASKED, "NEEDLESS");
    }

    @Test
    void scenario26_aRegisterThatIsGoneIsNotMadeAnew() {
        SimRun run = new SimRun(plan(CommitLevel.LOCAL), 1, Sabotage.NONE);
        SimCluster cluster = run.cluster();
        cluster.start();
        loseTheRegister(cluster);

        assertThat(cluster.bucket().hasRegister()).isFalse();
        fails(plan(CommitLevel.LOCAL), ElectionScenarioTest::loseTheRegister, Planted.THE_REGISTER_IS_MADE_ANEW, "11:");
    }

    private static void loseTheRegister(SimCluster cluster) {
        cluster.run(5 * SECOND);
        write(cluster, 3);
        cluster.bucket().deleteRegister();
        cluster.node(A).crash();
        cluster.electors().getFirst().crash();
        cluster.electors().getFirst().start();
        cluster.run(10 * SECOND);
    }

    /** The first elector stands still between what it learned and its word, and another elects meanwhile. */
    @Test
    void anElectorsOldViewIsWorthNothing() {
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 2);
            cluster.node(A).crash();
            while (!cluster.trace().toString().contains("TipFound[term=3")) {
                assertThat(cluster.step()).isTrue();
            }
            cluster.electors().getFirst().freeze(8 * SECOND);
            cluster.electors().getLast().appoint();
            cluster.run(7 * SECOND);
            write(cluster, 2);
            cluster.run(3 * SECOND);
        };

        holds(plan(CommitLevel.QUORUM), script);
        fails(plan(CommitLevel.QUORUM), script, Planted.SWAPS_ARE_NOT_COMPARED, "11:");
    }

    @Test
    void noElectorIsNeededWhileThePrimaryIsHealthy() {
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            cluster.electors().forEach(SimElector::crash);
            cluster.run(10 * SECOND);
            write(cluster, 3);
            cluster.node(B).crash();
            cluster.node(B).start();
            cluster.run(600 * SECOND);
            write(cluster, 3);
            assertThat(cluster.figures().of(Seen.TERMS)).isOne();
            assertThat(cluster.node(B).disk().end())
                    .isEqualTo(cluster.node(C).disk().end());
        };

        holds(plan(CommitLevel.ON), script);
    }

    @Test
    void aSwitchoverLosesNothingAndWaitsForNoLease() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(Duration.ofSeconds(4));
        Script script = cluster -> {
            cluster.run(8 * SECOND);
            write(cluster, 3);
            cluster.switchTo(C);
            cluster.run(SECOND);
            assertThat(cluster.figures().of(Seen.HAND_OVERS)).isOne();
            assertThat(cluster.servingPrimary()).isNotNull();
            assertThat(cluster.primaryNode().name()).isEqualTo(C);
            write(cluster, 3);
        };

        holds(plan, script);
    }

    /** C begins where A says that its log ends, and nobody is asked what else there is. */
    @Test
    void aTermIsHandedOverWithAllThatWasAcknowledged() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 3);
            assertArchivesLate(cluster);
            cluster.switchTo(C);
            cluster.run(2 * SECOND);
            assertThat(cluster.primaryNode().name()).isEqualTo(C);
        };

        holds(plan, script);
        fails(plan, script, Planted.A_TERM_IS_HANDED_OVER_EARLY, "3:");
    }

    /** C acknowledges writes while A has a lease left, and no elector tells A. */
    @Test
    void aPrimaryEndsBeforeItHandsOver() {
        SimPlan plan = plan(CommitLevel.LOCAL).with(Duration.ofSeconds(4));
        Script script = cluster -> {
            cluster.run(8500 * MILLI);
            write(cluster, 2);
            cluster.switchTo(C);
            while (cluster.figures().of(Seen.HAND_OVERS) == 0) {
                assertThat(cluster.step()).isTrue();
            }
            cluster.electors().forEach(elector -> cluster.network().part(A, elector.name()));
            while (!cluster.primaryNode().name().equals(C) || cluster.servingPrimary() == null) {
                assertThat(cluster.step()).isTrue();
            }
            write(cluster, 1);
            cluster.clients().read(cluster.node(A));
            cluster.run(SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.A_PRIMARY_SERVES_ON_AFTER_IT_HANDED_OVER, "9:");
    }
}
