package io.netsy.node.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.netsy.node.objectstore.testkit.Fault;
import io.netsy.node.objectstore.testkit.FaultPlan;
import io.netsy.node.objectstore.testkit.FaultPlan.Chance;
import io.netsy.node.objectstore.testkit.FaultyStore;
import io.netsy.node.objectstore.testkit.ForwardingObjectStore;
import io.netsy.node.objectstore.testkit.InMemoryObjectStore;
import io.netsy.node.objectstore.testkit.TestEnvironments;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which stores the probe lets pass, and how it names the others. */
final class StoreProbeTest {

    private final InMemoryObjectStore memory = new InMemoryObjectStore(InstantSource.system());

    @Test
    void aSoundStorePassesAndIsLeftAsItWas() {
        probe(memory);

        await().untilAsserted(() -> assertThat(memory.list("", null, 10)).isEmpty());
    }

    /** Whichever of its checks fails first, it ends. */
    @Test
    void aSoundStoreThatLosesSomeAnswersPassesOrIsUntested() {
        for (long seed = 1; seed <= 500; seed++) {
            probeLossy(seed);
        }
    }

    private void probeLossy(long seed) {
        FaultPlan plan = FaultPlan.seeded(
                        seed,
                        new Chance(new Fault.TimeoutAfterSuccess(), 0.3),
                        new Chance(new Fault.TimeoutBeforeEffect(), 0.3))
                .onlyFor(call ->
                        call.operation() == FaultPlan.Operation.PUT || call.operation() == FaultPlan.Operation.SWAP);
        try {
            probe(new FaultyStore(memory, plan, TestEnvironments.withoutPauses()));
        } catch (ObjectStoreException.OutcomeUnknown | ObjectStoreException.Unavailable untested) {
            assertThat(untested).as("seed %d", seed).hasMessageContaining("memory:");
        }
    }

    @Test
    void aStoreThatIgnoresIfNoneMatchIsNamed() {
        assertUnfit(
                new ForwardingObjectStore(memory) {
                    @Override
                    public PutOutcome putIfAbsent(String key, ByteBuffer... body) {
                        delete(List.of(key));
                        return super.putIfAbsent(key, body);
                    }
                },
                "creators of one key: it ignores If-None-Match");
    }

    @Test
    void aStoreThatIgnoresIfMatchIsNamed() {
        assertUnfit(
                new ForwardingObjectStore(memory) {
                    @Override
                    public SwapOutcome putIfMatch(String key, ObjectVersion expected, byte[] body) {
                        return super.putIfMatch(key, get(key).orElseThrow().version(), body);
                    }
                },
                "swaps of one version: it ignores If-Match");
    }

    /** At least two writers look at the same time, see that the condition holds, and write. */
    @Test
    void aStoreThatChecksBeforeItWritesIsNamed() {
        CountDownLatch bothLooked = new CountDownLatch(2);
        assertUnfit(
                new ForwardingObjectStore(memory) {
                    @Override
                    public SwapOutcome putIfMatch(String key, ObjectVersion expected, byte[] body) {
                        Optional<StoredObject> looked = get(key);
                        boolean holds =
                                looked.isPresent() && looked.get().version().equals(expected);
                        if (!holds) {
                            return new SwapOutcome.Mismatch();
                        }
                        bothLooked.countDown();
                        awaitQuietly(bothLooked);
                        return overwrite(key, body);
                    }

                    private synchronized SwapOutcome overwrite(String key, byte[] body) {
                        return super.putIfMatch(key, get(key).orElseThrow().version(), body);
                    }
                },
                "swaps of one version");
    }

    @Test
    void aStoreThatListsLateIsNamed() {
        assertUnfit(
                new ForwardingObjectStore(memory) {
                    @Override
                    public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int limit) {
                        return super.list(prefix, startAfter, limit).stream()
                                .limit(1)
                                .toList();
                    }
                },
                "does not list, in order, objects just after they were written");
    }

    @Test
    void aStoreThatReadsLateIsNamed() {
        assertUnfit(
                new ForwardingObjectStore(memory) {
                    @Override
                    public Optional<StoredObject> get(String key) {
                        return Optional.empty();
                    }
                },
                "does not show an object just after it was written");
    }

    @Test
    void aRefusalIsPassedOnAsItIs() {
        ObjectStore refusing = new ForwardingObjectStore(memory) {
            @Override
            public PutOutcome putIfAbsent(String key, ByteBuffer... body) {
                throw new ObjectStoreException.Refused("put " + key, "no bucket", "create it", null);
            }
        };

        assertThatExceptionOfType(ObjectStoreException.Refused.class)
                .isThrownBy(() -> probe(refusing))
                .withMessageContaining("no bucket");
    }

    private static void probe(ObjectStore store) {
        new StoreProbe(store, TestEnvironments.withoutPauses()).run();
    }

    private static void assertUnfit(ObjectStore store, String reason) {
        assertThatExceptionOfType(ObjectStoreException.Refused.class)
                .isThrownBy(() -> probe(store))
                .withMessageContaining("store memory:")
                .withMessageContaining(reason)
                .withMessageContaining("use a store that honours conditional writes");
        assertThat(store.list("", null, 10)).isEmpty();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
