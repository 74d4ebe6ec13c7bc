package io.netsy.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NetsyClusterLauncherTest {
    private static final String LINE = "2026-11-27T11:28:14.129Z INFO node.primary commit rule in force: ";

    @Test
    void theRuleCountsWhenAllThreeAreIn() {
        assertThat(NetsyClusterLauncher.isInForce(LINE + "quorum, * voters=[node-a, node-b, node-c]", "quorum"))
                .isTrue();
        assertThat(NetsyClusterLauncher.isInForce(LINE + "quorum, * voters=[node-a, node-c]", "quorum"))
                .isFalse();
    }

    @Test
    void anotherLevelIsNotTheOneThatWasAskedFor() {
        assertThat(NetsyClusterLauncher.isInForce(LINE + "local voters=[node-a, node-b, node-c]", "on"))
                .isFalse();
        assertThat(NetsyClusterLauncher.isInForce(LINE + "on, * voters=[node-a, node-b, node-c]", "on"))
                .isTrue();
        assertThat(NetsyClusterLauncher.isInForce("standby connected node=node-c", "on"))
                .isFalse();
    }
}
