package io.netsy.chaos.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netsy.chaos.sim.SimRun.Script;
import io.netsy.replication.core.Replication.Limits;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What scenarios are told with. */
final class Scenarios {
    static final String A = "node-a";
    static final String B = "node-b";
    static final String C = "node-c";
    static final String D = "node-d";
    static final long MILLI = SimScheduler.MILLI;
    static final long SECOND = SimScheduler.SECOND;
    private static final int SEEDS = 10;

    /** The bucket gets what is committed at quorum only much later. */
    static final Limits ARCHIVES_LATE = new Limits(
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            100_000,
            100_000,
            Duration.ofSeconds(20),
            1 << 20,
            1 << 20,
            3);

    static SimPlan plan(CommitLevel level) {
        return SimPlan.calm(new SyncRule(level, StandbyRule.ANYONE));
    }

    static void holds(SimPlan plan, Script script) {
        assertThatCode(() -> new SimRun(plan, 1, Sabotage.NONE).run(script)).doesNotThrowAnyException();
    }

    /** @param planted made anew for each run: it takes a few, where which of two requests comes first is left to chance */
    static void fails(SimPlan plan, Script script, Planted planted, String invariant) {
        List<String> found = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            SimRun run = new SimRun(plan, seed, planted.sabotage());
            Throwable broken = catchThrowable(() -> run.run(script));
            found.add(String.valueOf(broken).lines().findFirst().orElse(""));
            if (broken instanceof AssertionError
                    && String.valueOf(broken.getMessage()).startsWith(invariant)) {
                return;
            }
        }
        assertThat(found).as("%s, by seed", planted).anyMatch(message -> message.contains(invariant));
    }

    /** Some entries, one to a frame. */
    static void write(SimCluster cluster, int entries) {
        for (int i = 0; i < entries; i++) {
            assertThat(cluster.clients().propose(cluster.primaryNode())).isPositive();
            cluster.run(60 * MILLI);
        }
    }

    /** Something is acknowledged that the bucket does not have. */
    static void assertArchivesLate(SimCluster cluster) {
        assertThat(cluster.invariants().stored().index())
                .isLessThan(cluster.invariants().acknowledgedIndex());
    }

    private Scenarios() {}
}
