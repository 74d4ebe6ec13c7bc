package io.netsy.node.term;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.elector.assignment.AssignmentException;
import io.netsy.elector.assignment.lease.LeaseRecord;
import io.netsy.elector.assignment.lease.LeaseStorage.Stored;
import io.netsy.elector.assignment.lease.LeaseStorage.SwapResult;
import io.netsy.node.objectstore.testkit.Fault;
import io.netsy.node.objectstore.testkit.FaultPlan;
import io.netsy.node.objectstore.testkit.FaultyStore;
import io.netsy.node.objectstore.testkit.InMemoryObjectStore;
import io.netsy.node.objectstore.testkit.TestEnvironments;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ObjectLeaseStorageTest {
    private static final LeaseRecord RECORD =
            new LeaseRecord("a", "p", Duration.ofSeconds(15), 3, Instant.EPOCH, Instant.EPOCH);

    private final InMemoryObjectStore memory = new InMemoryObjectStore(InstantSource.system());
    private final FaultyStore store = new FaultyStore(memory, FaultPlan.none(), TestEnvironments.withoutPauses());
    private final ObjectLeaseStorage storage = new ObjectLeaseStorage(store, UUID::randomUUID);

    @Test
    void theSameRecordTwiceIsTwoVersionsAndTwoRenewals() throws AssignmentException {
        assertThat(storage.read()).isEmpty();
        Stored first = ((SwapResult.Swapped) storage.create(RECORD)).stored();
        Stored second = ((SwapResult.Swapped) storage.swap(first, RECORD)).stored();

        assertThat(second.mark()).isNotEqualTo(first.mark());
        assertThat(second.renewal()).isNotEqualTo(first.renewal());
        assertThat(storage.read()).contains(second);
        assertThat(storage.swap(first, RECORD)).isInstanceOf(SwapResult.Lost.class);
        assertThat(storage.create(RECORD)).isInstanceOf(SwapResult.Lost.class);
    }

    @Test
    void aLostAnswerIsUnknown() throws AssignmentException {
        store.follow(FaultPlan.always(new Fault.TimeoutAfterSuccess()));

        assertThat(storage.create(RECORD)).isInstanceOf(SwapResult.Unknown.class);
        assertThatThrownBy(storage::read).isInstanceOf(AssignmentException.class);
        store.follow(FaultPlan.none());
        assertThat(storage.read().orElseThrow().record()).isEqualTo(RECORD);
    }

    @Test
    void damageNamesTheObjectAndTheStore() {
        memory.putIfAbsent("elector.json", ByteBuffer.wrap("garbage".getBytes(UTF_8)));

        assertThatThrownBy(storage::read)
                .isInstanceOf(AssignmentException.class)
                .hasMessageContaining("elector.json in " + store.describe())
                .hasMessageContaining("damaged");
    }
}
