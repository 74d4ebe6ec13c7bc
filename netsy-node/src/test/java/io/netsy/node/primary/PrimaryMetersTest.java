package io.netsy.node.primary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.Operation;
import io.netsy.etcd.port.Proposal;
import io.netsy.node.objectstore.testkit.Fault;
import io.netsy.node.objectstore.testkit.FaultPlan;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a primary counts when its bucket hangs, fails and recovers. */
class PrimaryMetersTest {
    private static final Duration LATE = TermBed.REQUEST_TIMEOUT.plusSeconds(1);

    private final CountDownLatch release = new CountDownLatch(1);

    @SuppressWarnings("NullAway.Init") // by open
    private TermBed bed;

    @SuppressWarnings("NullAway.Init") // by open
    private PrimaryMeters meters;

    @BeforeEach
    void open() throws Exception {
        bed = new TermBed(Duration.ofMillis(300));
        meters = bed.meters;
    }

    @AfterEach
    void close() {
        release.countDown();
        bed.close();
    }

    private CompletableFuture<Long> put(String key) {
        return bed.term.proposer().propose(Proposal.of(Operation.PUT, TermBed.put(key, 10)));
    }

    private static FaultPlan ofChunks(FaultPlan plan) {
        return plan.onlyFor(call -> call.key().startsWith("log/"));
    }

    @Test
    void aHangingBucketShowsAsPendingAndThenAsFailed() {
        bed.store.follow(ofChunks(FaultPlan.always(new Fault.Hang(release))));
        CompletableFuture<Long> first = put("a");
        CompletableFuture<Long> behind = put("b");
        await().until(() -> meters.pendingProposals() == 2);
        await().until(() -> meters.applied(Operation.PUT).count() == 2);
        assertThat(meters.failedProposals()).isZero();
        assertThat(meters.durable().count()).isZero();

        bed.clock.push(LATE);

        assertThatThrownBy(first::get).hasMessageContaining("request timed out");
        assertThatThrownBy(behind::get).hasMessageContaining("request timed out");
        await().until(() -> meters.pendingProposals() == 0);
        assertThat(meters.failedProposals()).isEqualTo(2);

        release.countDown();
        await().until(() -> meters.durable().count() > 0);
        assertThat(meters.failedProposals()).isEqualTo(2);
    }

    @Test
    void putsThatFailAreCountedAndTriedAgain() throws Exception {
        bed.store.follow(ofChunks(FaultPlan.inTurn(new Fault.SlowDown503())));

        assertThat(put("a").get()).isPositive();

        assertThat(meters.failedPuts()).isEqualTo(1);
        assertThat(meters.failedProposals()).isZero();
    }

    @Test
    void looksAtTheRegisterThatFailAreCountedAndReadsThatWaitForThem() {
        assertThat(meters.failedLooks()).isZero();
        bed.store.follow(FaultPlan.always(new Fault.SlowDown503())
                .onlyFor(call -> call.key().equals("term.json")));
        await().until(() -> meters.failedLooks() > 0);
        await().until(() -> bed.term.sequencer().readLeaseLeft().isZero());

        CompletableFuture<CommittedState> read = bed.term.states().linearizable();
        bed.clock.push(LATE);

        assertThatThrownBy(read::get).hasMessageContaining("request timed out");
        assertThat(meters.slowReads()).isEqualTo(1);
    }

    @Test
    void whoAsksAPrimaryThatEndedFails() {
        assertThat(meters.termsServed()).isEqualTo(1);
        bed.term.close();

        assertThatThrownBy(put("a")::get).hasMessageContaining("no leader");
        assertThat(meters.failedProposals()).isEqualTo(1);
        assertThatThrownBy(bed.term.states().linearizable()::get).hasMessageContaining("no leader");
        assertThat(meters.failedReads()).isEqualTo(1);
    }

    @Test
    void aLongEvaluationIsSlow() {
        meters.evaluated(Operation.TXN, true, PrimaryMeters.SLOW.toNanos());
        assertThat(meters.slowEvaluations()).isZero();
        meters.evaluated(Operation.TXN, false, PrimaryMeters.SLOW.toNanos() + 1);
        assertThat(meters.slowEvaluations()).isEqualTo(1);
        assertThat(meters.refused(Operation.TXN).count()).isEqualTo(1);
    }
}
