package io.netsy.etcd.election;

import static io.netsy.etcd.testkit.Requests.bytes;
import static io.netsy.etcd.testkit.Requests.range;
import static io.netsy.etcd.testkit.TestEtcd.statusOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.grpc.Context;
import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.election.CampaignRequest;
import io.netsy.etcd.proto.election.CampaignResponse;
import io.netsy.etcd.proto.election.LeaderKey;
import io.netsy.etcd.proto.election.LeaderRequest;
import io.netsy.etcd.proto.election.LeaderResponse;
import io.netsy.etcd.proto.election.ProclaimRequest;
import io.netsy.etcd.proto.election.ResignRequest;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.LeaseRevokeRequest;
import io.netsy.etcd.testkit.Calls;
import io.netsy.etcd.testkit.Requests;
import io.netsy.etcd.testkit.TestEtcd;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Election service as section 14 of the etcd semantics has it. */
class ElectionConformanceTest {
    private final TestEtcd etcd = new TestEtcd();

    @BeforeEach
    void grantLeases() {
        for (int lease = 1; lease <= 3; lease++) {
            var _ = etcd.lease.leaseGrant(
                    LeaseGrantRequest.newBuilder().setID(lease).setTTL(100).build());
        }
    }

    @AfterEach
    void close() {
        etcd.close();
    }

    private CompletableFuture<CampaignResponse> campaign(long lease, String value) {
        CampaignRequest request = CampaignRequest.newBuilder()
                .setName(bytes("e"))
                .setLease(lease)
                .setValue(bytes(value))
                .build();
        return Calls.start(answer -> etcd.electionCalls.campaign(request, answer));
    }

    private LeaderKey lead(long lease, String value) throws Exception {
        return campaign(lease, value).get().getLeader();
    }

    private long proclaim(LeaderKey leader, String value) {
        return etcd.election
                .proclaim(ProclaimRequest.newBuilder()
                        .setLeader(leader)
                        .setValue(bytes(value))
                        .build())
                .getHeader()
                .getRevision();
    }

    private long resign(LeaderKey leader) {
        return etcd.election
                .resign(ResignRequest.newBuilder().setLeader(leader).build())
                .getHeader()
                .getRevision();
    }

    private static LeaderRequest election() {
        return LeaderRequest.newBuilder().setName(bytes("e")).build();
    }

    private LeaderResponse leader() {
        return etcd.election.leader(election());
    }

    private Observer observe() {
        Observer observer = new Observer();
        etcd.electionCalls.observe(election(), observer);
        return observer;
    }

    private static void assertUnknown(String text, Status status) {
        assertThat(status.getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(status.getDescription()).isEqualTo(text);
    }

    @Test
    void theFirstCampaignLeadsAndTheNextWaitsForItsResignation() throws Exception {
        CampaignResponse first = campaign(1, "one").get();
        CompletableFuture<CampaignResponse> second = campaign(2, "two");

        assertThat(first.getHeader().getRevision()).isEqualTo(2);
        assertThat(first.getLeader())
                .isEqualTo(LeaderKey.newBuilder()
                        .setName(bytes("e"))
                        .setKey(bytes("e/1"))
                        .setRev(2)
                        .setLease(1)
                        .build());
        assertThat(leader().getKv().getValue()).isEqualTo(bytes("one"));
        assertThat(leader().getHeader().getRevision()).isEqualTo(3);
        assertThat(second).isNotDone();

        assertThat(resign(first.getLeader())).isEqualTo(4);

        assertThat(second.get().getLeader().getRev()).isEqualTo(3);
        // The header of the transaction that took the place, as in etcd, not of the moment of victory.
        assertThat(second.get().getHeader().getRevision()).isEqualTo(3);
        assertThat(leader().getKv().getValue()).isEqualTo(bytes("two"));
    }

    @Test
    void theEndOfTheLeadersLeaseIsTheEndOfItsLeadership() throws Exception {
        lead(1, "one");
        CompletableFuture<CampaignResponse> second = campaign(2, "two");

        var _ = etcd.lease.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(1).build());

        assertThat(second).isCompleted();
    }

    @Test
    void aSecondCampaignOfOneLeaseProclaimsItsValue() throws Exception {
        LeaderKey first = lead(1, "one");
        CampaignResponse same = campaign(1, "one").get();
        assertThat(etcd.revision()).isEqualTo(2);
        CampaignResponse other = campaign(1, "another").get();

        assertThat(same.getLeader()).isEqualTo(first);
        assertThat(other.getLeader()).isEqualTo(first);
        assertThat(leader().getKv().getValue()).isEqualTo(bytes("another"));
        assertThat(leader().getKv().getCreateRevision()).isEqualTo(2);
        assertThat(leader().getKv().getLease()).isEqualTo(1);
    }

    @Test
    void withoutALeaseTheServerGrantsOne() throws Exception {
        LeaderKey leader = lead(0, "one");

        assertThat(leader.getLease()).isPositive();
        assertThat(leader.getKey()).isEqualTo(bytes("e/" + Long.toHexString(leader.getLease())));
    }

    @Test
    void aCancelledCampaignResigns() throws Exception {
        lead(1, "one");
        Context.CancellableContext client = Context.current().withCancellation();
        var _ = client.call(() -> campaign(2, "two"));
        assertThat(etcd.range(range("e/2")).getCount()).isEqualTo(1);

        client.cancel(null);

        assertThat(etcd.range(range("e/2")).getCount()).isZero();
        assertThat(etcd.keyEvents.size()).isZero();
    }

    @Test
    void proclaimKeepsTheLeaseAndNeedsTheVeryKey() throws Exception {
        LeaderKey leader = lead(1, "one");

        assertThat(proclaim(leader, "new")).isEqualTo(3);
        assertThat(leader().getKv().getLease()).isEqualTo(1);
        resign(leader);
        assertUnknown("election: not leader", statusOf(() -> proclaim(leader, "late")));
        lead(1, "again");
        assertUnknown("election: not leader", statusOf(() -> proclaim(leader, "late")));
        assertThat(leader().getKv().getValue()).isEqualTo(bytes("again"));
    }

    @Test
    void aLateResignationChangesNothing() throws Exception {
        LeaderKey leader = lead(1, "one");
        resign(leader);
        lead(1, "again");

        assertThat(resign(leader)).isEqualTo(etcd.revision());
        assertThat(leader().getKv().getValue()).isEqualTo(bytes("again"));
    }

    @Test
    void whatIsMissingIsNamed() {
        String missing = "\"leader\" field must be provided";
        assertUnknown(missing, statusOf(() -> etcd.election.proclaim(ProclaimRequest.getDefaultInstance())));
        assertUnknown(missing, statusOf(() -> etcd.election.resign(ResignRequest.getDefaultInstance())));
        assertUnknown(EtcdError.EMPTY_KEY.message(), statusOf(() -> resign(LeaderKey.getDefaultInstance())));
        assertUnknown("election: no leader", statusOf(this::leader));
        assertUnknown(
                EtcdError.LEASE_NOT_FOUND.message(),
                statusOf(() -> etcd.election.campaign(
                        CampaignRequest.newBuilder().setLease(77).build())));
    }

    @Test
    void anObserverSeesTheLeaderItsValuesAndItsSuccessors() throws Exception {
        LeaderKey first = lead(1, "one");
        Observer observer = observe();
        var _ = campaign(2, "two");
        proclaim(first, "more");
        resign(first);

        assertThat(observer.seen)
                .containsExactly(tuple("e/1", "one", 2L), tuple("e/1", "more", 4L), tuple("e/2", "two", 5L));
    }

    @Test
    void anObserverWaitsForTheFirstLeader() throws Exception {
        Observer observer = observe();
        assertThat(observer.seen).isEmpty();

        LeaderKey first = lead(1, "one");
        assertThat(observer.seen).containsExactly(tuple("e/1", "one", 2L));
        resign(first);
        lead(2, "two");

        assertThat(observer.seen).containsExactly(tuple("e/1", "one", 2L), tuple("e/2", "two", 4L));
    }

    @Test
    void keysPutInOneRevisionAreSeenInOrder() {
        Observer observer = observe();

        var _ = etcd.kv.txn(Requests.txn(Requests.op(Requests.put("e/a", "1")), Requests.op(Requests.put("e/b", "2")))
                .build());
        etcd.put("e/b", "3");
        var _ = etcd.kv.txn(Requests.txn(Requests.op(Requests.delete("e/a")), Requests.op(Requests.put("e/b", "4")))
                .build());

        assertThat(observer.seen).containsExactly(tuple("e/a", "1", 2L), tuple("e/b", "4", 4L));
    }

    @Test
    void aSlowObserverMissesValuesButGetsTheNewest() throws Exception {
        LeaderKey leader = lead(1, "first");
        Observer observer = new Observer();
        observer.slow = true;
        etcd.electionCalls.observe(election(), observer);
        String large = "x".repeat(300_000);
        for (int i = 0; i < 20; i++) {
            proclaim(leader, large + i);
        }

        observer.takeAll();

        assertThat(observer.seen).hasSizeLessThan(10);
        assertThat(observer.seen.getLast()).isEqualTo(tuple("e/1", large + 19, etcd.revision()));
        proclaim(leader, "last");
        observer.takeAll();
        assertThat(observer.seen.getLast()).isEqualTo(tuple("e/1", "last", etcd.revision()));
    }

    @Test
    void anObserverThatLeavesIsForgotten() {
        Context.CancellableContext client = Context.current().withCancellation();
        client.run(this::observe);
        assertThat(etcd.keyEvents.size()).isEqualTo(1);

        client.cancel(null);

        assertThat(etcd.keyEvents.size()).isZero();
    }

    @Test
    void anObservationWhoseReadFailsEndsWithoutAnError() {
        etcd.store.holdConfirmations();
        Observer observer = observe();

        etcd.store.refuseConfirmation(EtcdError.TIMED_OUT);

        assertThat(observer.completed).isTrue();
        assertThat(etcd.keyEvents.size()).isZero();
    }
}
