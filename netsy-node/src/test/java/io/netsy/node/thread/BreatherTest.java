package io.netsy.node.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BreatherTest {
    private long now = 7;
    private final List<Long> pauses = new ArrayList<>();
    private final Breather breather = new Breather(2, () -> now, nanos -> {
        pauses.add(nanos);
        now += nanos;
    });

    private void work(long nanos) {
        now += nanos;
        breather.rest();
    }

    @Test
    void restsTwiceAsLongAsItWorked() {
        work(400_000);
        work(1_000_000);

        assertThat(pauses).containsExactly(800_000L, 2_000_000L);
    }

    @Test
    void smallPiecesAddUp() {
        work(100_000);
        work(100_000);
        assertThat(pauses).isEmpty();
        work(100_000);
        assertThat(pauses).containsExactly(600_000L);
    }

    @Test
    void neverRestsForLong() {
        work(5_000_000_000L);

        assertThat(pauses).containsExactly(20_000_000L);
    }
}
