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
import io.netsy.chaos.sim.SimPlan.Faults;
import io.netsy.chaos.sim.SimRun.Script;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.StandbyRule;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Interleavings that a naive reading of the protocol allows, by their numbers there: each holds with its rule, and fails when
 * that rule is taken out.
 */
class ScenarioTest {
    @Test
    void scenario06_aWipedDiskVouchesForNothing() {
        SimPlan plan = SimPlan.calm(new SyncRule(CommitLevel.ON, StandbyRule.parse("ANY 1 (node-b)")));
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 3);
            cluster.node(B).loseDisk();
            cluster.node(B).start();
            cluster.run(SECOND / 2);
            write(cluster, 3);
            cluster.run(SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.A_NAME_VOUCHES_WITHOUT_ITS_DISK, "7:");
    }

    /** The primary's disk is lost just when a standby, which had been away for long, begins to fill its own from the bucket. */
    @Test
    void scenario06_aDiskThatDropsOnlyWhatTheBucketHoldsKeepsItsVote() {
        Faults retention = new Faults(
                SimPlan.Network.CALM, SimPlan.Store.CALM, SimPlan.Disk.CALM, new SimPlan.Mishaps(List.of(), 0), true);
        SimPlan plan = plan(CommitLevel.QUORUM).with(retention);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            cluster.node(C).crash();
            write(cluster, 60);
            cluster.node(C).start();
            while (cluster.figures().of(Seen.REBUILDS) == 0) {
                assertThat(cluster.step()).isTrue();
            }
            cluster.node(A).loseDisk();
        };

        holds(plan, script);
        fails(plan, script, Planted.EVERY_REBUILD_IS_A_NEW_DISK, "STUCK");
    }

    /**
     * A and an elector sleep through B's term, in which B and C acknowledge what the bucket does not have yet. The bucket is gone
     * when they wake, so A knows no better, and the elector still tells everybody that A is primary. Then B starts again, and
     * must not let A have it built anew; for C's disk is lost. Else what B and C acknowledged is gone, and the bucket goes on without it.
     */
    @Test
    void scenario06_whatWasPromisedIsPromisedAfterARestart() {
        SyncRule local = new SyncRule(CommitLevel.LOCAL, StandbyRule.ANYONE);
        SyncRule quorum = new SyncRule(CommitLevel.QUORUM, StandbyRule.ANYONE);
        SimPlan plan = SimPlan.calm(local)
                .with(List.of(local, quorum))
                .with(ARCHIVES_LATE)
                .withCandidates(List.of(A, B));
        Script script = cluster -> {
            SimElector sleeper = cluster.electors().getLast();
            sleeper.appoint();
            cluster.run(5 * SECOND);
            cluster.network().part(A, cluster.electors().getFirst().name());
            cluster.node(A).freeze(5 * SECOND);
            sleeper.freeze(5 * SECOND);
            cluster.reconfigure();
            cluster.run(5 * SECOND - 500 * MILLI);
            write(cluster, 5);
            assertArchivesLate(cluster);
            cluster.bucket().outage(4 * SECOND);
            cluster.node(B).crash();
            cluster.node(C).freeze(10 * SECOND);
            cluster.node(B).start();
            cluster.run(3 * SECOND);
            cluster.electors().forEach(SimElector::crash);
            cluster.run(4 * SECOND);
            cluster.node(C).loseDisk();
        };

        holds(plan, script);
        fails(plan, script, Planted.A_PROMISE_IS_FORGOTTEN, "3:");
    }

    @Test
    void scenario12_anIndexIsNeverUsedAgainInATerm() {
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            cluster.bucket().outage(SECOND);
            write(cluster, 2);
            cluster.run(3 * SECOND);
        };

        holds(plan(CommitLevel.ON), script);
        fails(plan(CommitLevel.ON), script, Planted.AN_INDEX_IS_USED_AGAIN, "3:");
    }

    /**
     * A swap to {@code local} is under way for long; it was asked for again meanwhile, done, and taken back. What the register said when
     * it left is what it says when it lands.
     */
    @Test
    void scenario13_aSwapThatIsLateFindsAnotherVersion() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 2);
            cluster.bucket().strandNextSwap(12 * SECOND);
            cluster.node(B).crash();
            cluster.node(C).crash();
            cluster.run(4 * SECOND);
            assertThat(cluster.bucket().register().level()).isEqualTo(CommitLevel.LOCAL);
            cluster.node(B).start();
            cluster.node(C).start();
            cluster.run(4 * SECOND);
            assertThat(cluster.bucket().register().level()).isEqualTo(CommitLevel.QUORUM);
            write(cluster, 3);
            cluster.run(6 * SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.REGISTERS_ARE_COMPARED_BY_WHAT_THEY_SAY, "11:");
    }

    @Test
    void scenario14_theRegisterLeavesQuorumAfterTheArchiveIsComplete() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 5);
            assertArchivesLate(cluster);
            cluster.node(B).crash();
            cluster.node(C).crash();
            cluster.run(5 * SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.THE_REGISTER_LEAVES_QUORUM_FIRST, "6:");
    }

    @Test
    void scenario15_aTailIsArchivedInTheFramesItCameIn() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 5);
            cluster.node(A).crash();
            cluster.node(A).start();
            cluster.run(3 * SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.A_TAIL_IS_CUT_ANEW, "3:");
    }

    @Test
    void scenario16_framesStayInTheFileUntilTheBucketHasThem() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 12);
            cluster.node(A).loseDisk();
            cluster.run(5 * SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.FRAMES_ARE_FORGOTTEN_BEFORE_THEY_ARE_STORED, "8:");
    }

    @Test
    void scenario17_nothingIsBuiltAheadOfTheBucketsTip() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 5);
            cluster.node(A).crash();
            cluster.run(5 * SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.A_PRIMARY_BEGINS_AHEAD_OF_THE_BUCKET, "3:");
    }

    @Test
    void scenario20_aStandbyAppliesWhatIsCommittedAndNoMore() {
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            cluster.bucket().outage(2 * SECOND);
            write(cluster, 2);
            cluster.run(3 * SECOND);
        };

        holds(plan(CommitLevel.REMOTE_APPLY), script);
        fails(plan(CommitLevel.REMOTE_APPLY), script, Planted.SENT_IS_DECLARED_COMMITTED, "4:");
    }

    /**
     * A message takes 50 ms, the bucket 10 ms: the first read's question is confirmed by a round after 150 ms, and the write
     * is acknowledged while the answer is on its way.
     */
    @Test
    void scenario23_aReadWaitsForAQuestionThatLeftAfterItCame() {
        Faults slow = new Faults(
                new SimPlan.Network(0, 0, 0, 50 * MILLI, 50 * MILLI),
                new SimPlan.Store(0, 0, 0, 10 * MILLI, 10 * MILLI),
                SimPlan.Disk.CALM,
                new SimPlan.Mishaps(List.of(), 0),
                false);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            cluster.clients().read(cluster.node(B));
            cluster.run(155 * MILLI);
            cluster.clients().propose(cluster.node(A));
            cluster.run(25 * MILLI);
            cluster.clients().read(cluster.node(B));
            cluster.run(SECOND);
        };

        holds(plan(CommitLevel.LOCAL).with(slow), script);
        fails(plan(CommitLevel.LOCAL).with(slow), script, Planted.A_READ_JOINS_A_QUESTION, "9:");
    }

    /** The elector dies after its first steps: nodes that promised the new term follow the old primary no more. */
    @Test
    void scenario25_aTermThatAnUnfinishedElectionEndedIsNotServedForEver() {
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 3);
            cluster.network().part(A, cluster.electors().getFirst().name());
            cluster.node(A).freeze(3 * SECOND);
            long fenced = cluster.figures().of(Seen.FENCED);
            while (cluster.figures().of(Seen.FENCED) < fenced + 2) {
                assertThat(cluster.step()).isTrue();
            }
            cluster.electors().getFirst().crash();
            cluster.run(6 * SECOND);
            if (cluster.node(A).primary() != null) {
                throw new InvariantBroken("STUCK: A serves a term that is over");
            }
        };

        holds(plan(CommitLevel.LOCAL), script);
        fails(plan(CommitLevel.LOCAL), script, Planted.A_STANDBYS_LATER_TERM_IS_IGNORED, "STUCK");
    }

    @Test
    void scenario27_aHoleIsNotTheTip() {
        SimPlan plan = plan(CommitLevel.LOCAL);
        SimRun run = new SimRun(plan, 1, Sabotage.NONE);
        SimCluster cluster = run.cluster();
        cluster.start();
        loseAKey(cluster);
        cluster.run(5 * SECOND);

        assertThat(cluster.servingPrimary()).isNull();
        assertThat(cluster.trace().toString()).contains("the bucket has a hole");
        assertThat(cluster.bucket().holdsKey(3)).isFalse();
        fails(plan, ScenarioTest::loseAKeyAndGoOn, Planted.A_HOLE_IS_TAKEN_FOR_THE_TIP, "3:");
    }

    private static void loseAKeyAndGoOn(SimCluster cluster) {
        loseAKey(cluster);
        cluster.run(5 * SECOND);
    }

    private static void loseAKey(SimCluster cluster) {
        cluster.run(5 * SECOND);
        write(cluster, 5);
        cluster.node(A).crash();
        cluster.bucket().lose(3);
        cluster.node(A).start();
    }
}
