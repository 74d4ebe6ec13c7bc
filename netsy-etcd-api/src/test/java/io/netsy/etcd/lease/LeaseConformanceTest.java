package io.netsy.etcd.lease;

import static io.netsy.etcd.testkit.Requests.NO_END;
import static io.netsy.etcd.testkit.Requests.delete;
import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.Requests.range;
import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.google.protobuf.ByteString;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.LeaseGrantResponse;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveResponse;
import io.netsy.etcd.proto.rpc.LeaseLeasesRequest;
import io.netsy.etcd.proto.rpc.LeaseLeasesResponse;
import io.netsy.etcd.proto.rpc.LeaseRevokeRequest;
import io.netsy.etcd.proto.rpc.LeaseRevokeResponse;
import io.netsy.etcd.proto.rpc.LeaseStatus;
import io.netsy.etcd.proto.rpc.LeaseTimeToLiveRequest;
import io.netsy.etcd.proto.rpc.LeaseTimeToLiveResponse;
import io.netsy.etcd.state.LeaseRecord;
import io.netsy.etcd.testkit.Calls;
import io.netsy.etcd.testkit.KeepAliveClient;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.replication.model.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The cases of leases in section 21 of the etcd semantics, by their numbers. */
class LeaseConformanceTest {
    private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

    private TestEtcd etcd = new TestEtcd();
    private final List<CommitListener.RevisionEvents> events = new ArrayList<>();

    LeaseConformanceTest() {
        etcd.store.addListener(commit -> events.addAll(commit.revisions()));
    }

    @AfterEach
    void close() {
        etcd.close();
    }

    private LeaseGrantResponse grant(long id, long ttlSeconds) {
        return etcd.lease.leaseGrant(
                LeaseGrantRequest.newBuilder().setID(id).setTTL(ttlSeconds).build());
    }

    private long revoke(long id) {
        return etcd.lease
                .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(id).build())
                .getHeader()
                .getRevision();
    }

    private LeaseTimeToLiveResponse timeToLive(long id) {
        return etcd.lease.leaseTimeToLive(
                LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(true).build());
    }

    private List<Long> leases() {
        LeaseLeasesResponse answer = etcd.lease.leaseLeases(LeaseLeasesRequest.getDefaultInstance());
        return answer.getLeasesList().stream().map(LeaseStatus::getID).toList();
    }

    private boolean exists(String key) {
        return etcd.range(range(key)).getCount() == 1;
    }

    @Test
    void case58_grants() {
        LeaseGrantResponse chosen = grant(0, 0);
        assertThat(chosen.getID()).isPositive();
        assertThat(chosen.getTTL()).isEqualTo(2);
        assertThat(chosen.getError()).isEmpty();
        assertThat(chosen.getHeader().getRevision()).isEqualTo(1);

        assertThat(grant(5, -10).getTTL()).isEqualTo(2);
        assertFails(EtcdError.LEASE_EXISTS, () -> grant(5, 10));
        assertFails(EtcdError.LEASE_TTL_TOO_LARGE, () -> grant(5, 9_000_000_001L));
        assertThat(grant(6, 9_000_000_000L).getTTL()).isEqualTo(9_000_000_000L);
        assertThat(timeToLive(6).getTTL()).isBetween(8_999_999_999L, 9_000_000_000L);

        assertThat(grant(-1, 10).getID()).isEqualTo(-1);
        etcd = etcd.restarted();
        assertThat(timeToLive(-1).getGrantedTTL()).isEqualTo(10);
    }

    @Test
    void case59_unknownLeases() {
        try (KeepAliveClient client = new KeepAliveClient(etcd.leaseStreams)) {
            client.send(77);
            assertThat(client.answers()).singleElement().satisfies(answer -> {
                assertThat(answer.getID()).isEqualTo(77);
                assertThat(answer.getTTL()).isZero();
                assertThat(answer.getHeader().getRevision()).isEqualTo(1);
            });
        }
        LeaseTimeToLiveResponse unknown = timeToLive(77);
        assertThat(unknown.getTTL()).isEqualTo(-1);
        assertThat(unknown.getGrantedTTL()).isZero();
        assertThat(unknown.getID()).isEqualTo(77);
        assertFails(EtcdError.LEASE_NOT_FOUND, () -> revoke(77));
    }

    @Test
    void case60_revokeDeletesInKeyOrderInOneRevision() {
        grant(1, 10);
        for (String key : new String[] {"c", "a", "b"}) {
            etcd.put(put(key, "").setLease(1));
        }

        assertThat(revoke(1)).isEqualTo(5);

        assertThat(events.getLast().events())
                .extracting(event -> event.record().key().toString())
                .containsExactly("a", "b", "c");
        assertThat(events.getLast().events())
                .allMatch(event -> event.previous() != null && event.previous().isLive());
        assertThat(etcd.keys(range("\0", NO_END))).isEmpty();
        assertThat(leases()).isEmpty();
    }

    @Test
    void case61_keysThatMovedOnStay() {
        grant(1, 10);
        grant(2, 100);
        etcd.put(put("stays", "").setLease(1));
        etcd.put("stays", "");
        etcd.put(put("moves", "").setLease(1));
        etcd.put(put("moves", "").setLease(2));
        etcd.put(put("deleted", "").setLease(1));
        var _ = etcd.kv.deleteRange(delete("deleted").build());
        etcd.put("deleted", "");

        etcd.pass(Duration.ofSeconds(11));

        assertThat(leases()).containsExactly(2L);
        assertThat(etcd.keys(range("\0", NO_END))).containsExactly("deleted", "moves", "stays");
        assertThat(timeToLive(2).getKeysList()).containsExactly(ByteString.copyFromUtf8("moves"));
    }

    @Test
    void case62_expiresWithinASecondAndNeverEarly() {
        grant(1, 2);
        etcd.put(put("a", "").setLease(1));

        etcd.clock.advance(Duration.ofMillis(1_999));
        etcd.expiry.tick(etcd.clock.getAsLong());
        assertThat(exists("a")).isTrue();

        etcd.pass(HALF_A_SECOND.multipliedBy(2));
        assertThat(exists("a")).isFalse();
        assertThat(leases()).isEmpty();
        assertThat(events.getLast().revision()).isEqualTo(3);
    }

    @Test
    void case62_restartExtends() {
        grant(1, 2);
        etcd.put(put("a", "").setLease(1));
        etcd.pass(Duration.ofMillis(1_500));

        etcd = etcd.restarted();
        etcd.clock.advance(Duration.ofMillis(1_999));
        etcd.expiry.tick(etcd.clock.getAsLong());
        assertThat(exists("a")).isTrue();

        etcd.pass(HALF_A_SECOND);
        assertThat(exists("a")).isFalse();
    }

    @Test
    void case63_revokeWithoutKeys() {
        grant(1, 10);

        assertThat(revoke(1)).isEqualTo(1);
        assertThat(events).isEmpty();
    }

    @Test
    void case64_timeToLive() {
        grant(1, 10);
        assertThat(timeToLive(1).getTTL()).isBetween(9L, 10L);
        assertThat(timeToLive(1).getGrantedTTL()).isEqualTo(10);

        etcd.clock.advance(Duration.ofMillis(100));
        assertThat(timeToLive(1).getTTL()).isEqualTo(9);
        assertThat(timeToLive(1).getKeysList()).isEmpty();
        etcd.put(put("a", "").setLease(1));
        assertThat(timeToLive(1).getKeysList()).containsExactly(ByteString.copyFromUtf8("a"));
        assertThat(etcd.lease
                        .leaseTimeToLive(
                                LeaseTimeToLiveRequest.newBuilder().setID(1).build())
                        .getKeysList())
                .isEmpty();

        etcd.clock.advance(Duration.ofSeconds(12));
        assertThat(timeToLive(1).getTTL()).isEqualTo(-2);
    }

    @Test
    void leasesAreListedByTheTimeThatIsLeft() {
        grant(1, 30);
        grant(2, 10);
        grant(3, 20);

        assertThat(leases()).containsExactly(2L, 3L, 1L);
    }

    @Test
    void keepAlivesAnswerInOrderWithTheGrantedTime() {
        grant(1, 10);
        grant(2, 20);
        etcd.clock.advance(Duration.ofSeconds(9));

        try (KeepAliveClient client = new KeepAliveClient(etcd.leaseStreams)) {
            client.send(2, 1, 3, 1);

            assertThat(client.answers())
                    .extracting(LeaseKeepAliveResponse::getID, LeaseKeepAliveResponse::getTTL)
                    .containsExactly(tuple(2L, 20L), tuple(1L, 10L), tuple(3L, 0L), tuple(1L, 10L));
            client.halfClose();
            assertThat(client.isCompleted()).isTrue();
        }
        etcd.pass(Duration.ofMillis(9_500));
        assertThat(leases()).contains(1L);
        etcd.pass(Duration.ofSeconds(1));
        assertThat(leases()).containsExactly(2L);
    }

    @Test
    void keepAliveWaitsForTheRightToAnswer() {
        grant(1, 10);
        try (KeepAliveClient client = new KeepAliveClient(etcd.leaseStreams)) {
            etcd.store.holdConfirmations();
            client.send(1, 1);
            client.halfClose();
            assertThat(client.answers()).isEmpty();

            etcd.store.confirm();
            assertThat(client.answers()).hasSize(2);
            assertThat(client.isCompleted()).isTrue();
        }
    }

    @Test
    void keepAliveEndsTheStreamWhenThereIsNoRightToAnswer() {
        grant(1, 10);
        try (KeepAliveClient client = new KeepAliveClient(etcd.leaseStreams)) {
            etcd.store.holdConfirmations();
            client.send(1);
            etcd.store.refuseConfirmation(EtcdError.NO_LEADER);

            assertThat(client.failure().getDescription()).isEqualTo(EtcdError.NO_LEADER.message());
        }
    }

    @Test
    void keepAliveOfAnExpiredLeaseWaitsForItsEnd() {
        grant(1, 2);
        try (KeepAliveClient client = new KeepAliveClient(etcd.leaseStreams)) {
            etcd.clock.advance(Duration.ofSeconds(2));
            client.send(1);
            assertThat(client.answers()).isEmpty();

            etcd.expiry.tick(etcd.clock.getAsLong());
            assertThat(client.answers()).singleElement().satisfies(answer -> {
                assertThat(answer.getTTL()).isZero();
            });
        }
    }

    @Test
    void noKeepAliveSucceedsOnceTheRevokeIsSequenced() {
        grant(1, 10);
        try (KeepAliveClient client = new KeepAliveClient(etcd.leaseStreams)) {
            etcd.store.holdCommits();
            CompletableFuture<LeaseRevokeResponse> revoked = Calls.start(call -> etcd.leaseStreams.leaseRevoke(
                    LeaseRevokeRequest.newBuilder().setID(1).build(), call));
            client.send(1);
            assertThat(client.answers()).isEmpty();

            etcd.store.releaseCommits();
            assertThat(revoked).isCompleted();
            assertThat(client.answers()).singleElement().satisfies(answer -> {
                assertThat(answer.getTTL()).isZero();
            });
        }
    }

    @Test
    void aLeaseOfWhichTheRevokeTimedOutIsNotRenewedUntilItsFateIsKnown() {
        grant(1, 10);
        try (KeepAliveClient client = new KeepAliveClient(etcd.leaseStreams)) {
            etcd.store.holdCommits();
            CompletableFuture<LeaseRevokeResponse> revoked = Calls.start(call -> etcd.leaseStreams.leaseRevoke(
                    LeaseRevokeRequest.newBuilder().setID(1).build(), call));
            etcd.store.timeOutInFlight();
            assertThat(revoked).isCompletedExceptionally();
            client.send(1);
            etcd.expiry.tick(etcd.clock.getAsLong());
            assertThat(client.answers()).isEmpty();

            etcd.store.releaseCommits();
            assertThat(client.answers().getFirst().getTTL()).isZero();
        }
    }

    @Test
    void aLeaseOfWhichTheRevokeWasLostLivesOn() {
        grant(1, 10);
        try (KeepAliveClient client = new KeepAliveClient(etcd.leaseStreams)) {
            etcd.store.loseNextProposal();
            CompletableFuture<LeaseRevokeResponse> revoked = Calls.start(call -> etcd.leaseStreams.leaseRevoke(
                    LeaseRevokeRequest.newBuilder().setID(1).build(), call));
            assertThat(revoked).isCompletedExceptionally();
            client.send(1);
            assertThat(client.answers()).isEmpty();

            etcd.expiry.tick(etcd.clock.getAsLong());
            assertThat(client.answers().getFirst().getTTL()).isEqualTo(10);
        }
    }

    @Test
    void theKeepAliveHeaderIsOfBeforeTheRenewal() {
        grant(1, 10);
        try (KeepAliveClient client = new KeepAliveClient(etcd.leaseStreams)) {
            etcd.store.holdConfirmations();
            client.send(1);
            etcd.put("a", "");
            etcd.store.confirm();

            assertThat(client.answers().getFirst().getHeader().getRevision()).isEqualTo(1);
        }
    }

    @Test
    void whoeverWaitsLearnsThatThePrimaryChanged() {
        grant(1, 2);
        try (KeepAliveClient client = new KeepAliveClient(etcd.leaseStreams)) {
            etcd.clock.advance(Duration.ofSeconds(3));
            client.send(1);
            etcd.leaseClock.stop();

            assertThat(client.failure().getDescription()).isEqualTo(EtcdError.LEADER_CHANGED.message());
        }
        assertFails(EtcdError.LEADER_CHANGED, () -> timeToLive(1));
    }

    @Test
    void longLeasesAreCheckpointedAndARestartCountsFromThere() {
        grant(1, 1_000);
        grant(2, 300);
        etcd.pass(Duration.ofMinutes(5));

        assertThat(etcd.store.log().getLast())
                .isEqualTo(new Entry.LeaseCheckpoint(List.of(new Entry.LeaseCheckpoint.Remaining(1, 700))));

        etcd = etcd.restarted();
        assertThat(timeToLive(1).getTTL()).isBetween(699L, 700L);
        assertThat(timeToLive(1).getGrantedTTL()).isEqualTo(1_000);
        etcd.clock.advance(Duration.ofSeconds(699));
        etcd.expiry.tick(etcd.clock.getAsLong());
        assertThat(leases()).containsExactly(1L);
        etcd.pass(Duration.ofMillis(1_500));
        assertThat(leases()).isEmpty();
    }

    @Test
    void aCheckpointIsClearedInTheLogBeforeAKeepAliveAnswers() {
        grant(1, 1_000);
        etcd.pass(Duration.ofMinutes(5));
        try (KeepAliveClient client = new KeepAliveClient(etcd.leaseStreams)) {
            etcd.store.holdCommits();
            client.send(1);
            assertThat(client.answers()).isEmpty();
            etcd.store.releaseCommits();
            assertThat(client.answers().getFirst().getTTL()).isEqualTo(1_000);
            assertThat(etcd.store.log().getLast())
                    .isEqualTo(new Entry.LeaseCheckpoint(List.of(new Entry.LeaseCheckpoint.Remaining(1, 0))));

            int logged = etcd.store.log().size();
            client.send(1);
            assertThat(client.answers()).hasSize(2);
            assertThat(etcd.store.log()).hasSize(logged);
        }
        etcd = etcd.restarted();
        assertThat(timeToLive(1).getTTL()).isBetween(999L, 1_000L);
    }

    @Test
    void aCheckpointInFlightIsClearedToo() {
        grant(1, 1_000);
        etcd.clock.advance(Duration.ofMinutes(5));
        etcd.store.holdCommits();
        etcd.expiry.tick(etcd.clock.getAsLong());
        try (KeepAliveClient client = new KeepAliveClient(etcd.leaseStreams)) {
            client.send(1);
            assertThat(client.answers()).isEmpty();
            etcd.store.releaseCommits();
            assertThat(client.answers().getFirst().getTTL()).isEqualTo(1_000);
        }
        assertThat(etcd.store.committed().state().leases().get(1L)).isEqualTo(new LeaseRecord(1, 1_000, 0));
    }

    @Test
    void leasesAreRefusedAndKeptUnderAlarms() {
        grant(1, 2);
        etcd.node.quotaBytes = etcd.node.sizeBytes + 64;
        assertFails(EtcdError.NO_SPACE, () -> grant(2, 10));
        etcd.node.quotaBytes = Long.MAX_VALUE;
        assertFails(EtcdError.NO_SPACE, () -> grant(2, 10));
        assertFails(EtcdError.NO_SPACE, () -> grant(1, 9_000_000_001L));

        assertThat(revoke(1)).isEqualTo(1);
    }
}
