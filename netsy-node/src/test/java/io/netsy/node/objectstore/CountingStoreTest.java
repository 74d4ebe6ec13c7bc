package io.netsy.node.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netsy.node.objectstore.StoreRequest.Kind;
import io.netsy.node.objectstore.StoreRequest.Outcome;
import io.netsy.node.objectstore.testkit.Fault;
import io.netsy.node.objectstore.testkit.FaultPlan;
import io.netsy.node.objectstore.testkit.FaultyStore;
import io.netsy.node.objectstore.testkit.InMemoryObjectStore;
import io.netsy.node.objectstore.testkit.TestEnvironments;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What the listener is told of each call. */
final class CountingStoreTest {

    private final List<StoreRequest> told = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final FaultyStore inner = new FaultyStore(
            new InMemoryObjectStore(InstantSource.system()), FaultPlan.none(), TestEnvironments.withoutPauses());
    private final CountingStore store = new CountingStore(inner, told::add, () -> nanos.getAndAdd(5));

    @Test
    void everyCallIsOneRequestOfItsKindWithBytesAndTime() {
        store.putIfAbsent("a", ByteBuffer.allocate(3), ByteBuffer.allocate(4));
        store.putIfAbsent("a", ByteBuffer.allocate(1));
        store.putIfMatch("a", new ObjectVersion("old"), new byte[2]);
        store.get("a");
        store.get("b");
        store.list("", null, 1);
        store.delete(List.of("a"));

        Duration latency = Duration.ofNanos(5);
        assertThat(told)
                .containsExactly(
                        new StoreRequest(Kind.PUT, Outcome.DONE, 7, 0, latency),
                        new StoreRequest(Kind.PUT, Outcome.CONDITION_FAILED, 1, 0, latency),
                        new StoreRequest(Kind.PUT, Outcome.CONDITION_FAILED, 2, 0, latency),
                        new StoreRequest(Kind.GET, Outcome.DONE, 0, 7, latency),
                        new StoreRequest(Kind.GET, Outcome.MISSING, 0, 0, latency),
                        new StoreRequest(Kind.LIST, Outcome.DONE, 0, 0, latency),
                        new StoreRequest(Kind.DELETE, Outcome.DONE, 0, 0, latency));
    }

    @Test
    void faultsAreCountedAndPassedOn() {
        inner.follow(FaultPlan.always(new Fault.TimeoutAfterSuccess()));

        assertThatExceptionOfType(ObjectStoreException.OutcomeUnknown.class)
                .isThrownBy(() -> store.putIfAbsent("a", ByteBuffer.allocate(3)));
        assertThatExceptionOfType(ObjectStoreException.Unavailable.class).isThrownBy(() -> store.get("a"));

        assertThat(told).extracting(StoreRequest::outcome).containsExactly(Outcome.FAILED, Outcome.FAILED);
        inner.follow(FaultPlan.none());
        assertThat(store.get("a")).isPresent();
    }
}
