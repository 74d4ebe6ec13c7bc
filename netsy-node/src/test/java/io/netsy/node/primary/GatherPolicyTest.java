package io.netsy.node.primary;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatherPolicyTest {
    private static final int FRAME_LIMIT = 1 << 20;
    private static final long MILLI = 1_000_000;

    private static GatherPolicy policy(Duration delay, String... patientPrefixes) {
        return new GatherPolicy(new GatherSettings(
                delay, List.of(patientPrefixes).stream().map(Bytes::utf8).toList(), FRAME_LIMIT));
    }

    private static Entry write(String key) {
        return new Entry.Transaction(2, List.of(new Change.Put(Bytes.utf8(key), Bytes.EMPTY, 2, 1, 0)));
    }

    @Test
    void aSingleWriterNeverWaits() {
        GatherPolicy policy = policy(Duration.ZERO);
        for (int i = 0; i < 5; i++) {
            policy.entered(write("a"), true, i * (10 * MILLI));
            assertThat(policy.waitNanos(1, 100, i * (10 * MILLI))).isLessThanOrEqualTo(0);
            policy.committed(1, 0, 5 * MILLI, i * (10 * MILLI) + 5 * MILLI);
        }
    }

    @Test
    void writersThatWereJustAnsweredAreWaitedForButNotLong() {
        GatherPolicy policy = policy(Duration.ZERO);
        policy.committed(50, 50, 4 * MILLI, 0);
        policy.entered(write("a"), true, 0);

        assertThat(policy.waitNanos(50, 5000, 0)).isPositive();
        assertThat(policy.waitNanos(90, 9000, 0)).isLessThanOrEqualTo(0);
        assertThat(policy.waitNanos(50, 5000, 10 * MILLI)).isLessThanOrEqualTo(0);
    }

    @Test
    void onceNobodyComesForAWhileTheBatchLeaves() {
        GatherPolicy policy = policy(Duration.ZERO);
        policy.committed(50, 50, 9 * MILLI, 0);
        policy.entered(write("a"), true, 0);
        policy.entered(write("b"), false, MILLI);

        assertThat(policy.waitNanos(2, 100, 2 * MILLI)).isPositive();
        assertThat(policy.waitNanos(2, 100, 4 * MILLI)).isLessThanOrEqualTo(0);
    }

    @Test
    void aLargeBatchLeavesWithoutTheRestOfManyWriters() {
        GatherPolicy policy = policy(Duration.ZERO);
        policy.committed(1000, 0, 20 * MILLI, 0);
        policy.entered(write("a"), true, 0);

        assertThat(policy.waitNanos(300, 3000, 0)).isPositive();
        assertThat(policy.waitNanos(400, 4000, 0)).isLessThanOrEqualTo(0);
    }

    @Test
    void writersWhoLeftAreForgotten() {
        GatherPolicy policy = policy(Duration.ZERO);
        policy.committed(1000, 0, MILLI, 0);
        for (int i = 0; i < 40; i++) {
            policy.committed(1, 0, MILLI, 0);
        }
        policy.entered(write("a"), true, 0);

        assertThat(policy.waitNanos(1, 100, 0)).isLessThanOrEqualTo(0);
    }

    @Test
    void commitDelayHoldsPatientWritesForItsTime() {
        GatherPolicy policy = policy(Duration.ofSeconds(2), "/registry/leases/");
        policy.entered(write("/registry/leases/a"), true, 0);

        assertThat(policy.waitNanos(1, 100, 0)).isEqualTo(2000 * MILLI);
        assertThat(policy.waitNanos(1, 100, 2000 * MILLI)).isZero();
    }

    @Test
    void anyOtherWriteTakesTheWaitingOnesAlong() {
        GatherPolicy policy = policy(Duration.ofSeconds(2), "/registry/leases/");
        policy.entered(write("/registry/leases/a"), true, 0);
        policy.entered(write("/registry/pods/a"), false, MILLI);

        assertThat(policy.waitNanos(2, 100, MILLI)).isLessThanOrEqualTo(0);
    }

    @Test
    void aFullFrameLeavesAtOnce() {
        GatherPolicy policy = policy(Duration.ofSeconds(2));
        policy.entered(write("a"), true, 0);

        assertThat(policy.waitNanos(1, FRAME_LIMIT, 0)).isZero();
    }
}
