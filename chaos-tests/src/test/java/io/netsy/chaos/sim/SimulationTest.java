package io.netsy.chaos.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.StandbyRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replication core under everything that can go wrong, many times. {@code -Dsim.runs} says how many runs,
 * {@code -Dsim.first} with which seed they begin, {@code -Dsim.seed} replays one.
 */
class SimulationTest {
    private static final Logger LOG = LoggerFactory.getLogger(SimulationTest.class);
    private static final long FAULT_TIME = 12 * SimScheduler.SECOND;

    @ParameterizedTest
    @EnumSource(CommitLevel.class)
    void threeNodesWithoutFaultsComeTogether(CommitLevel level) {
        SimPlan plan = SimPlan.calm(new SyncRule(level, StandbyRule.ANYONE));

        SimFigures figures = new SimRun(plan, 1, Sabotage.NONE).run(FAULT_TIME);

        LOG.info("{}: {}", level, figures);
        assertThat(figures.of(SimFigures.Seen.ACKNOWLEDGED)).isGreaterThan(10);
        assertThat(figures.of(SimFigures.Seen.TERMS)).isEqualTo(1);
    }

    @Test
    void theInvariantsHoldWhateverGoesWrong() {
        long first = Long.getLong("sim.seed", Long.getLong("sim.first", 1));
        long runs = System.getProperty("sim.seed") == null ? Long.getLong("sim.runs", 200) : 1;
        SimFigures all = new SimFigures();
        for (long seed = first; seed < first + runs; seed++) {
            all.add(SimRun.ofSeed(seed).run(FAULT_TIME));
        }
        LOG.info("simulation seeds={}..{} {}", first, first + runs - 1, all);
    }
}
