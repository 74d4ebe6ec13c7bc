package io.netsy.chaos.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.chaos.sim.SimFigures.Seen;
import io.netsy.chaos.sim.SimPlan.Faults;
import io.netsy.chaos.sim.SimRun.Script;
import io.netsy.replication.core.Replication.Limits;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Interleavings that a naive reading of the protocol allows, by their numbers there: each holds with its rule, and fails when
 * that rule is taken out.
 */
class ScenarioTest {
    private static final String A = "node-a";
    private static final String B = "node-b";
    private static final String C = "node-c";
    private static final long MILLI = SimScheduler.MILLI;
    private static final long SECOND = SimScheduler.SECOND;

    /** The bucket gets what is committed at quorum only much later. */
    private static final Limits ARCHIVES_LATE = new Limits(
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            100_000,
            100_000,
            Duration.ofSeconds(20),
            1 << 20,
            1 << 20,
            3);

    private static SimPlan plan(CommitLevel level) {
        return SimPlan.calm(new SyncRule(level, StandbyRule.ANYONE));
    }

    private static void holds(SimPlan plan, Script script) {
        assertThatCode(() -> new SimRun(plan, 1, Sabotage.NONE).run(script)).doesNotThrowAnyException();
    }

    private static void fails(SimPlan plan, Script script, Sabotage sabotage, String invariant) {
        assertThatThrownBy(() -> new SimRun(plan, 1, sabotage).run(script))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith(invariant);
    }

    /** Some entries, one to a frame. */
    private static void write(SimCluster cluster, int entries) {
        for (int i = 0; i < entries; i++) {
            assertThat(cluster.clients().propose(cluster.primaryNode())).isPositive();
            cluster.run(60 * MILLI);
        }
    }

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
        fails(plan, script, Planted.A_NAME_VOUCHES_WITHOUT_ITS_DISK.sabotage(), "7:");
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
            cluster.appoint(B);
        };

        holds(plan, script);
        fails(plan, script, Planted.EVERY_REBUILD_IS_A_NEW_DISK.sabotage(), "STUCK");
    }

    /**
     * A sleeps through B's term, in which B and C acknowledge what the bucket does not have yet. B comes back as A's standby, and A
     * knows nothing of those entries. Then C's disk is lost.
     */
    @Test
    void scenario06_aPrimaryThatComesBackFollowsNoTermBeforeItsOwn() {
        SyncRule local = new SyncRule(CommitLevel.LOCAL, StandbyRule.ANYONE);
        SyncRule quorum = new SyncRule(CommitLevel.QUORUM, StandbyRule.ANYONE);
        SimPlan plan = SimPlan.calm(local).with(List.of(local, quorum)).with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            cluster.node(A).freeze(5 * SECOND);
            cluster.reconfigure();
            cluster.appoint(B);
            cluster.run(5 * SECOND - 500 * MILLI);
            write(cluster, 5);
            assertThat(cluster.invariants().stored().index())
                    .isLessThan(cluster.invariants().acknowledgedIndex());
            cluster.node(B).crash();
            cluster.node(C).freeze(10 * SECOND);
            cluster.appoint(A);
            cluster.node(B).start();
            cluster.run(2 * SECOND);
            cluster.node(C).loseDisk();
        };

        holds(plan, script);
        fails(plan, script, Planted.A_PRIMARY_DOES_NOT_PROMISE_ITS_TERM.sabotage(), "STUCK");
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
        fails(plan(CommitLevel.ON), script, Planted.AN_INDEX_IS_USED_AGAIN.sabotage(), "3:");
    }

    @Test
    void scenario14_theRegisterLeavesQuorumAfterTheArchiveIsComplete() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 5);
            assertThat(cluster.invariants().stored().index())
                    .isLessThan(cluster.invariants().acknowledgedIndex());
            cluster.node(B).crash();
            cluster.node(C).crash();
            cluster.run(5 * SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.THE_REGISTER_LEAVES_QUORUM_FIRST.sabotage(), "6:");
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
        fails(plan, script, Planted.A_TAIL_IS_CUT_ANEW.sabotage(), "3:");
    }

    @Test
    void scenario16_framesStayInTheFileUntilTheBucketHasThem() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 12);
            cluster.node(A).loseDisk();
            cluster.appoint(B);
            cluster.run(5 * SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.FRAMES_ARE_FORGOTTEN_BEFORE_THEY_ARE_STORED.sabotage(), "8:");
    }

    @Test
    void scenario17_nothingIsBuiltAheadOfTheBucketsTip() {
        SimPlan plan = plan(CommitLevel.QUORUM).with(ARCHIVES_LATE);
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 5);
            cluster.appoint(B);
            cluster.run(5 * SECOND);
        };

        holds(plan, script);
        fails(plan, script, Planted.A_PRIMARY_BEGINS_AHEAD_OF_THE_BUCKET.sabotage(), "3:");
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
        fails(plan(CommitLevel.REMOTE_APPLY), script, Planted.SENT_IS_DECLARED_COMMITTED.sabotage(), "4:");
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
        fails(plan(CommitLevel.LOCAL).with(slow), script, Planted.A_READ_JOINS_A_QUESTION.sabotage(), "9:");
    }

    /** The elector dies after its first step: nobody was fenced, but a node that promised the new term follows the old no more. */
    @Test
    void scenario25_aTermThatAnUnfinishedElectionEndedIsNotServedForEver() {
        Script script = cluster -> {
            cluster.run(5 * SECOND);
            write(cluster, 3);
            cluster.node(A).freeze(2 * SECOND);
            cluster.node(C).freeze(2 * SECOND);
            cluster.appoint(B);
            cluster.run(SECOND);
            cluster.appoint(A);
        };

        holds(plan(CommitLevel.QUORUM), script);
        fails(plan(CommitLevel.QUORUM), script, Planted.A_STANDBYS_LATER_TERM_IS_IGNORED.sabotage(), "STUCK");
    }

    @Test
    void scenario27_aHoleIsNotTheTip() {
        SimPlan plan = plan(CommitLevel.LOCAL);
        SimRun run = new SimRun(plan, 1, Sabotage.NONE);
        SimCluster cluster = run.cluster();
        cluster.start();
        loseAKey(cluster);
        cluster.run(5 * SECOND);

        assertThat(cluster.node(A).stopped())
                .hasValueSatisfying(why -> assertThat(why).contains("hole"));
        assertThat(cluster.bucket().holdsKey(3)).isFalse();
        fails(plan, ScenarioTest::loseAKeyAndGoOn, Planted.A_HOLE_IS_TAKEN_FOR_THE_TIP.sabotage(), "3:");
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
