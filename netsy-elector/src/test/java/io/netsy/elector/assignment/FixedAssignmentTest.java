package io.netsy.elector.assignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FixedAssignmentTest {
    @Test
    void theConfiguredNodeIsTheElectorForEver() {
        try (ElectorAssignment a = new FixedAssignment("a", "a");
                ElectorAssignment b = new FixedAssignment("a", "b")) {
            a.start();
            assertThat(a.current().isSelf()).isTrue();
            assertThat(a.current().at(Long.MIN_VALUE).isSelf()).isTrue();
            assertThat(a.current().at(Long.MAX_VALUE).isSelf()).isTrue();
            assertThat(b.current().isSelf()).isFalse();
            assertThat(b.current().holderOrNull()).isEqualTo("a");
        }
    }

    @Test
    void anElectorHasAName() {
        assertThatThrownBy(() -> new FixedAssignment(" ", "a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ElectorIdentity("", new java.util.UUID(1, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
