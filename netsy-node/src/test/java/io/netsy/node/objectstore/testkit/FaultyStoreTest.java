package io.netsy.node.objectstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.objectstore.testkit.FaultPlan.Chance;
import io.netsy.node.objectstore.testkit.FaultPlan.Operation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Each fault does what it says. */
final class FaultyStoreTest {

    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final InMemoryObjectStore memory = new InMemoryObjectStore(InstantSource.system());
    private final FaultyStore store = new FaultyStore(memory, FaultPlan.none(), TestEnvironments.withoutPauses(pauses));

    @Test
    void timeoutsAndSlowDownDifferInWhatStands() {
        store.follow(FaultPlan.inTurn(
                new Fault.TimeoutBeforeEffect(), new Fault.SlowDown503(), new Fault.TimeoutAfterSuccess()));

        assertUnknown("a");
        assertUnknown("b");
        assertUnknown("c");

        assertThat(memory.get("a")).isEmpty();
        assertThat(memory.get("b")).isEmpty();
        assertThat(memory.get("c")).isPresent();
        assertThat(store.putIfAbsent("d", ByteBuffer.allocate(1))).isInstanceOf(PutOutcome.Created.class);
    }

    @Test
    void aResetTakesEffectOrNot() {
        store.follow(FaultPlan.always(new Fault.Reset()));

        for (int i = 0; i < 64; i++) {
            assertUnknown("k" + i);
        }

        assertThat(memory.list("", null, 100).size()).isBetween(1, 63);
    }

    @Test
    void latencyAddsUpAndOnlyMatchingCallsSuffer() {
        store.follow(FaultPlan.always(new Fault.Latency(Duration.ofMillis(5)))
                .and(FaultPlan.always(new Fault.Latency(Duration.ofMillis(7))))
                .onlyFor(call -> call.operation() == Operation.GET && call.key().equals("a")));

        store.get("a");
        store.get("b");
        store.list("a", null, 1);

        assertThat(pauses).containsExactly(Duration.ofMillis(5), Duration.ofMillis(7));
    }

    @Test
    void aHangEndsWhenReleased() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        store.follow(FaultPlan.inTurn(new Fault.Hang(release)));
        Thread caller = Thread.ofVirtual().start(() -> store.putIfAbsent("a", ByteBuffer.allocate(1)));

        assertThat(caller.join(Duration.ofMillis(50))).isFalse();
        release.countDown();
        caller.join();

        assertThat(memory.get("a")).isPresent();
    }

    @Test
    void theSameSeedGivesTheSameFaults() {
        assertThat(outcomes(7)).isEqualTo(outcomes(7)).isNotEqualTo(outcomes(8));
    }

    private List<Boolean> outcomes(long seed) {
        store.follow(FaultPlan.seeded(seed, new Chance(new Fault.TimeoutBeforeEffect(), 0.5)));
        List<Boolean> outcomes = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            try {
                store.get("a");
                outcomes.add(true);
            } catch (ObjectStoreException.Unavailable e) {
                outcomes.add(false);
            }
        }
        return outcomes;
    }

    private void assertUnknown(String key) {
        assertThatExceptionOfType(ObjectStoreException.OutcomeUnknown.class)
                .isThrownBy(() -> store.putIfAbsent(key, ByteBuffer.allocate(1)));
    }
}
