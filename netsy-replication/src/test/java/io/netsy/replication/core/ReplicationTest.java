package io.netsy.replication.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.core.Replication.BucketLoss;
import io.netsy.replication.core.Replication.StandbyLoss;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.StandbyRule;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which rule a primary wants of the members that there are. */
class ReplicationTest {
    private static SyncRule wanted(String standbys, Set<String> noSync, Set<String> voting) {
        return new Replication(
                        "a",
                        voting,
                        new SyncRule(CommitLevel.ON, StandbyRule.parse(standbys)),
                        noSync,
                        StandbyLoss.DEGRADE,
                        BucketLoss.STALL,
                        Replication.Limits.DEFAULT)
                .wanted(Membership.voting(voting));
    }

    private static SyncRule on(String standbys) {
        return new SyncRule(CommitLevel.ON, StandbyRule.parse(standbys));
    }

    @Test
    void itIsTheConfiguredOneAsLongAsThereAreEnough() {
        assertThat(wanted("*", Set.of(), Set.of("a", "b", "c"))).isEqualTo(on("*"));
        assertThat(wanted("ANY 2 (*)", Set.of(), Set.of("a", "b", "c"))).isEqualTo(on("ANY 2 (*)"));
        assertThat(wanted("ANY 2 (*)", Set.of(), Set.of("a", "b"))).isEqualTo(SyncRule.LOCAL);
        assertThat(wanted("ANY 1 (c)", Set.of(), Set.of("a", "b"))).isEqualTo(SyncRule.LOCAL);
        assertThat(wanted("*", Set.of(), Set.of("a"))).isEqualTo(SyncRule.LOCAL);
    }

    /** The register names those that count, so that an election need not ask who never does. */
    @Test
    void whoIsNeverToCountIsNotNamedByIt() {
        assertThat(wanted("*", Set.of("c"), Set.of("a", "b", "c"))).isEqualTo(on("ANY 1 (a, b)"));
        assertThat(wanted("FIRST 1 (*)", Set.of("a", "b"), Set.of("a", "b", "c", "d")))
                .isEqualTo(on("FIRST 1 (c, d)"));
        assertThat(wanted("ANY 1 (c, b)", Set.of("c"), Set.of("a", "b", "c"))).isEqualTo(on("ANY 1 (b)"));
        assertThat(wanted("*", Set.of("b", "c"), Set.of("a", "b", "c"))).isEqualTo(SyncRule.LOCAL);
    }
}
