package io.netsy.etcd.lease;

import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.netsy.etcd.access.Credentials;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.port.Proposal;
import io.netsy.etcd.port.Proposer;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.state.LeaseRecord;
import io.netsy.etcd.testkit.KeepAliveClient;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.etcd.testkit.TestStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a keepalive promised is kept by every primary after, whatever was logged when. */
class LeasePromiseTest {
    private static final Duration CHECKPOINT_INTERVAL = LeaseSettings.DEFAULT.checkpointInterval();

    private static void grant(TestEtcd etcd, long ttlSeconds) {
        var _ = etcd.lease.leaseGrant(
                LeaseGrantRequest.newBuilder().setID(1).setTTL(ttlSeconds).build());
        etcd.put(put("a", "").setLease(1));
    }

    private static long keepAlive(TestEtcd etcd) {
        try (KeepAliveClient client = new KeepAliveClient(etcd.leaseStreams)) {
            client.send(1);
            return client.answers().getFirst().getTTL();
        }
    }

    private static boolean lives(TestEtcd etcd) {
        return etcd.range(range("a")).getCount() == 1;
    }

    /** A primary after this one, that took over at this moment. */
    private static TestEtcd successorOf(TestEtcd primary) {
        return new TestEtcd(new TestStore(primary.store.log()), Runnable::run);
    }

    @Test
    void scenario24_aPrimaryThatDiesAfterAKeepAliveLeavesItsPromiseToTheNext() {
        try (TestEtcd first = new TestEtcd()) {
            grant(first, 1_000);
            first.pass(CHECKPOINT_INTERVAL.plusSeconds(300));
            assertThat(first.store.committed().state().leases().get(1L))
                    .as("a checkpoint stands in the log")
                    .isEqualTo(new LeaseRecord(1, 1_000, 400));
            assertThat(keepAlive(first)).isEqualTo(1_000);

            try (TestEtcd second = successorOf(first)) {
                second.pass(Duration.ofMillis(999_500));
                assertThat(lives(second))
                        .as("neither the grant nor the checkpoint counts")
                        .isTrue();
                second.pass(Duration.ofSeconds(1));
                assertThat(lives(second)).isFalse();
            }
        }
    }

    @Test
    void scenario24_aPausedPrimaryRenewsNothingThatItsSuccessorEnded() {
        try (TestEtcd paused = new TestEtcd()) {
            grant(paused, 10);
            try (KeepAliveClient client = new KeepAliveClient(paused.leaseStreams)) {
                paused.store.holdConfirmations();
                client.send(1);
                try (TestEtcd successor = successorOf(paused)) {
                    successor.pass(Duration.ofSeconds(11));
                    assertThat(lives(successor)).isFalse();
                }
                paused.store.refuseConfirmation(EtcdError.NO_LEADER);
                assertThat(client.answers()).isEmpty();
                assertThat(client.failure().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            }
        }
    }

    @Test
    void aCheckpointIsHonouredByANewPrimaryAndByTheOneAfter() {
        try (TestEtcd first = new TestEtcd()) {
            grant(first, 1_000);
            first.pass(CHECKPOINT_INTERVAL);
            try (TestEtcd second = successorOf(first);
                    TestEtcd third = successorOf(second)) {
                third.pass(Duration.ofMillis(699_500));
                assertThat(lives(third)).isTrue();
                third.pass(Duration.ofSeconds(1));
                assertThat(lives(third)).isFalse();
            }
        }
    }

    @Test
    void aRestartNeverShortensWhatAShortLeaseWasPromised() {
        TestEtcd etcd = new TestEtcd();
        grant(etcd, 10);
        for (int i = 0; i < 5; i++) {
            etcd.pass(Duration.ofSeconds(9));
            assertThat(keepAlive(etcd)).isEqualTo(10);
            etcd = etcd.restarted();
        }
        etcd.pass(Duration.ofMillis(9_500));
        assertThat(lives(etcd)).isTrue();
        etcd.close();
    }

    @Test
    void aKeepAliveThatOvertakesACheckpointOnItsWayIsNotCutShortByIt() {
        try (TestEtcd etcd = new TestEtcd()) {
            grant(etcd, 1_000);
            OvertakenProposer overtaken = new OvertakenProposer(etcd);
            etcd.clock.advance(CHECKPOINT_INTERVAL);
            new LeaseExpiry(overtaken, etcd.leaseClock).tick(etcd.clock.getAsLong());
            assertThat(overtaken.renewedTtl).isEqualTo(1_000);

            etcd.clock.advance(Duration.ofMillis(500));
            assertThat(keepAlive(etcd)).isEqualTo(1_000);
            try (TestEtcd second = successorOf(etcd)) {
                second.clock.advance(Duration.ofMillis(999_999));
                second.expiry.tick(second.clock.getAsLong());
                assertThat(lives(second)).isTrue();
            }
        }
    }

    /** Hands on its first proposal only after a keepalive has been answered. */
    private static final class OvertakenProposer implements Proposer {
        private final TestEtcd etcd;
        private long renewedTtl;

        OvertakenProposer(TestEtcd etcd) {
            this.etcd = etcd;
        }

        @Override
        public <R> CompletableFuture<R> propose(Proposal<R> proposal) {
            if (renewedTtl == 0) {
                Ports ports = TestEtcd.portsOf(etcd.store, etcd.node);
                renewedTtl = new KeepAlives(ports, etcd.leaseClock)
                        .renew(1, Credentials.NONE)
                        .join();
                // What the checkpoint was taken for has passed by the time it is sequenced.
                etcd.clock.advance(Duration.ofSeconds(1));
            }
            return etcd.store.propose(proposal);
        }
    }
}
