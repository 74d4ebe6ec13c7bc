package io.netsy.node.standby;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.state.StoreState;
import io.netsy.node.clock.NodeClock;
import io.netsy.replication.model.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What waits to be applied here; reads are asked of real nodes in the tests of clusters. */
class StandbyReadsTest {
    private long nanos;
    private final List<String> done = new ArrayList<>();
    private final StandbyReads reads = new StandbyReads(
            new NodeClock() {
                @Override
                public Moment now() {
                    return new Moment(nanos, 0);
                }

                @Override
                public UUID newId() {
                    return new UUID(1, 1);
                }
            },
            at(5),
            () -> {},
            question -> {});

    private static CommittedState at(long index) {
        return new CommittedState(StoreState.EMPTY, index, 1);
    }

    private void await(long index, String name) {
        reads.whenApplied(index, () -> done.add(name));
    }

    @Test
    void whatIsAppliedIsDoneAtOnceAndTheRestInItsOrderOnceItIs() {
        await(5, "applied");
        await(8, "third");
        await(6, "first");
        await(7, "second");
        assertThat(done).containsExactly("applied");

        reads.publish(at(7));
        reads.completeApplied();
        assertThat(done).containsExactly("applied", "first", "second");

        reads.publish(at(9));
        reads.completeApplied();
        assertThat(done).containsExactly("applied", "first", "second", "third");
    }

    @Test
    void nothingWaitsLongerThanARequestNorForARoleThatEnded() {
        nanos = 100;
        await(6, "early");
        nanos = 200;
        await(6, "late");

        reads.giveUpOn(200);
        assertThat(done).containsExactly("early");

        reads.end();
        assertThat(done).containsExactly("early", "late");
        await(6, "after the end");
        assertThat(done).containsExactly("early", "late", "after the end");
    }
}
