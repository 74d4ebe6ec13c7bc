package io.netsy.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.bench.lab.Subject;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClusterLoadTest {
    private static final Set<ClusterPhase> ALL = EnumSet.allOf(ClusterPhase.class);

    @Test
    void theDistantStoreIsOnlyWrittenTo() {
        assertThat(Arrays.stream(ClusterLoad.values()).filter(load -> load.runsOn(Subject.NETSY_ON_DELAYED, ALL)))
                .containsExactly(ClusterLoad.PUTS_1000, ClusterLoad.PUTS_100, ClusterLoad.PUTS_1);
        assertThat(ClusterLoad.PUTS_1.runsOn(Subject.NETSY_ON_DELAYED, Set.of(ClusterPhase.QUORUM)))
                .isFalse();
    }

    @Test
    void onlyTheChosenPartsRun() {
        assertThat(Arrays.stream(ClusterLoad.values())
                        .filter(load -> load.runsOn(Subject.ETCD, Set.of(ClusterPhase.READS))))
                .containsExactly(ClusterLoad.GETS, ClusterLoad.GETS_PACED, ClusterLoad.GETS_PACED_AT_ONE);
        assertThat(Arrays.stream(ClusterLoad.values())
                        .filter(load -> load.runsOn(Subject.ETCD, Set.of(ClusterPhase.DELAYED))))
                .isEmpty();
    }

    @Test
    void everyNodeHasAConnection() {
        assertThat(ClusterLoad.values()).allMatch(load -> load.connections() >= 3);
    }

    @Test
    void theFirstRoundIsShort() {
        ClusterSettings settings = new ClusterSettings(ALL, 3, Duration.ofSeconds(8), 1);
        assertThat(settings.lengthIn(0)).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.lengthIn(1)).isEqualTo(Duration.ofSeconds(8));
        assertThat(new ClusterSettings(ALL, 3, Duration.ofSeconds(1), 1).lengthIn(0))
                .isEqualTo(Duration.ofSeconds(1));
    }
}
