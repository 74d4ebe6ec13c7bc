package io.netsy.etcd.auth;

import static io.netsy.etcd.auth.AuthBed.READ;
import static io.netsy.etcd.auth.AuthBed.READWRITE;
import static io.netsy.etcd.auth.AuthBed.WRITE;
import static io.netsy.etcd.testkit.Requests.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.proto.auth.Permission;
import io.netsy.etcd.proto.election.CampaignRequest;
import io.netsy.etcd.proto.election.ElectionGrpc.ElectionBlockingStub;
import io.netsy.etcd.proto.election.ElectionGrpc.ElectionStub;
import io.netsy.etcd.proto.election.LeaderKey;
import io.netsy.etcd.proto.election.LeaderRequest;
import io.netsy.etcd.proto.election.LeaderResponse;
import io.netsy.etcd.proto.election.ProclaimRequest;
import io.netsy.etcd.proto.election.ResignRequest;
import io.netsy.etcd.proto.lock.LockGrpc.LockStub;
import io.netsy.etcd.proto.lock.LockRequest;
import io.netsy.etcd.proto.lock.LockResponse;
import io.netsy.etcd.proto.lock.UnlockRequest;
import io.netsy.etcd.proto.rpc.AuthRoleRevokePermissionRequest;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.testkit.Calls;
import io.netsy.etcd.testkit.Requests;
import io.netsy.etcd.testkit.TestEtcd;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Locks and elections while auth is on: nobody asks who calls but the KV and Lease handlers that they work through, and
 * what those refuse is UNKNOWN with etcd's text, as real etcd 3.6.14 answers (etcd semantics, sections 13, 14 and 17).
 */
class InnerCallAccessTest {
    private static final String DENIED = "etcdserver: permission denied";
    private static final String NOBODY = "etcdserver: user name is empty";
    private static final String BAD_TOKEN = "etcdserver: invalid auth token";

    private final AuthBed bed = AuthBed.enabled();
    private final TestEtcd etcd = bed.etcd;

    /** Alice has all below "in/", and nothing else. */
    @BeforeEach
    void grant() {
        bed.grant(READWRITE, "in/", "in0");
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private LockStub alicesLocks() {
        return bed.as("alice", etcd.lockCalls);
    }

    private ElectionBlockingStub alicesElections() {
        return bed.as("alice", etcd.election);
    }

    private static CompletableFuture<LockResponse> lock(LockStub stub, String name, long lease) {
        LockRequest request =
                LockRequest.newBuilder().setName(bytes(name)).setLease(lease).build();
        return Calls.start(answer -> stub.lock(request, answer));
    }

    private void unlock(String user, String key) {
        var _ = bed.as(user, etcd.lock)
                .unlock(UnlockRequest.newBuilder().setKey(bytes(key)).build());
    }

    private static CampaignRequest campaign(String name) {
        return CampaignRequest.newBuilder()
                .setName(bytes(name))
                .setValue(bytes("v"))
                .build();
    }

    private static LeaderRequest election(String name) {
        return LeaderRequest.newBuilder().setName(bytes(name)).build();
    }

    private void grantLease(long id) {
        var _ = bed.as("root", etcd.lease)
                .leaseGrant(LeaseGrantRequest.newBuilder().setID(id).setTTL(100).build());
    }

    private void takeBack(String key, String end) {
        var _ = bed.auth.roleRevokePermission(AuthRoleRevokePermissionRequest.newBuilder()
                .setRole("r")
                .setKey(bytes(key))
                .setRangeEnd(bytes(end))
                .build());
    }

    private static void assertRefused(String text, CompletableFuture<?> call) {
        assertThat(call).isCompletedExceptionally();
        assertUnknown(text, Status.fromThrowable(call.exceptionNow()));
    }

    private static void assertRefused(String text, ThrowingCallable call) {
        assertUnknown(text, TestEtcd.statusOf(call));
    }

    private static void assertUnknown(String text, Status status) {
        assertThat(status.getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(status.getDescription()).isEqualTo(text);
    }

    @Test
    void aLockNeedsItsCallersRightToTheQueue() {
        assertRefused(NOBODY, lock(etcd.lockCalls, "in/l", 0));
        assertRefused(BAD_TOKEN, lock(AuthBed.withToken("garbage", etcd.lockCalls), "in/l", 0));
        assertRefused(DENIED, lock(alicesLocks(), "out/l", 0));
        // The queue's keys begin with the name and a slash: the right to the name alone is none to them.
        bed.grant(READWRITE, "name", "");
        assertRefused(DENIED, lock(alicesLocks(), "name", 0));
        assertThat(lock(alicesLocks(), "in/l", 0)).isCompleted();
        assertThat(lock(bed.as("root", etcd.lockCalls), "out/l", 0)).isCompleted();
    }

    @Test
    void aLockNeedsTheRightToReadAndToWrite() {
        for (Permission.Type type : List.of(READ, WRITE)) {
            takeBack("in/", "in0");
            bed.grant(type, "in/", "in0");
            assertRefused(DENIED, lock(alicesLocks(), "in/l", 0));
        }
    }

    @Test
    void unlockNeedsTheRightToTheKey() {
        assertThat(lock(bed.as("root", etcd.lockCalls), "out/l", 0)).isCompleted();
        assertRefused(DENIED, () -> unlock("alice", "out/l"));
        unlock("alice", "in/missing");
    }

    @Test
    void whoWaitsIsAskedAgainWhenItIsHisTurn() {
        grantLease(1);
        grantLease(2);
        assertThat(lock(bed.as("root", etcd.lockCalls), "in/l", 1)).isCompleted();
        CompletableFuture<LockResponse> waiting = lock(alicesLocks(), "in/l", 2);
        assertThat(waiting).isNotDone();

        takeBack("in/", "in0");
        unlock("root", "in/l/1");

        assertRefused(DENIED, waiting);
    }

    @Test
    void whoWaitsWithHisRightsGetsTheLock() {
        grantLease(1);
        grantLease(2);
        assertThat(lock(bed.as("root", etcd.lockCalls), "in/l", 1)).isCompleted();
        CompletableFuture<LockResponse> waiting = lock(alicesLocks(), "in/l", 2);

        unlock("root", "in/l/1");

        assertThat(waiting.join().getKey()).isEqualTo(bytes("in/l/2"));
    }

    /** The token was sent before anybody asked for one, and counts when it is asked for. */
    @Test
    void aTokenThatWasSentWhileAuthWasOffCountsWhenItIsOnAgain() {
        grantLease(1);
        grantLease(2);
        grantLease(3);
        bed.disable();
        assertThat(lock(etcd.lockCalls, "in/l", 1)).isCompleted();
        bed.enable();
        LockStub alice = alicesLocks();
        bed.disable();
        CompletableFuture<LockResponse> withToken = lock(alice, "in/l", 2);
        CompletableFuture<LockResponse> without = lock(etcd.lockCalls, "in/l", 3);
        assertThat(withToken).isNotDone();
        assertThat(without).isNotDone();

        bed.enable();
        unlock("root", "in/l/1");
        unlock("root", "in/l/2");

        // Simple tokens end with auth; that it is "invalid" and not "empty" shows that it was kept.
        assertRefused(BAD_TOKEN, withToken);
        assertRefused(NOBODY, without);
    }

    @Test
    void whileAuthIsOffNobodyIsAsked() {
        bed.disable();
        assertThat(lock(etcd.lockCalls, "out/l", 0)).isCompleted();
        assertThat(lock(AuthBed.withToken("garbage", etcd.lockCalls), "out/m", 0))
                .isCompleted();
        var _ = etcd.election.campaign(campaign("out/e"));
        assertThat(etcd.election.leader(election("out/e")).getKv().getValue()).isEqualTo(bytes("v"));
    }

    @Test
    void campaignsNeedTheirCallersRights() {
        assertRefused(NOBODY, () -> {
            var _ = etcd.election.campaign(campaign("in/e"));
        });
        assertRefused(DENIED, () -> {
            var _ = alicesElections().campaign(campaign("out/e"));
        });
        LeaderKey leader = alicesElections().campaign(campaign("in/e")).getLeader();
        proclaim("alice", leader);
        resign("alice", leader);
    }

    @Test
    void proclaimAndResignNeedTheRightToTheLeadersKey() {
        LeaderKey leader =
                bed.as("root", etcd.election).campaign(campaign("out/e")).getLeader();

        assertRefused(DENIED, () -> proclaim("alice", leader));
        assertRefused(DENIED, () -> resign("alice", leader));
        proclaim("root", leader);
        resign("root", leader);
    }

    private void proclaim(String user, LeaderKey leader) {
        var _ = bed.as(user, etcd.election)
                .proclaim(ProclaimRequest.newBuilder()
                        .setLeader(leader)
                        .setValue(bytes("w"))
                        .build());
    }

    private void resign(String user, LeaderKey leader) {
        var _ = bed.as(user, etcd.election)
                .resign(ResignRequest.newBuilder().setLeader(leader).build());
    }

    @Test
    void whoAsksForTheLeaderMustBeAllowedToReadIt() {
        var _ = bed.as("root", etcd.election).campaign(campaign("out/e"));
        var _ = bed.as("root", etcd.election).campaign(campaign("in/e"));
        assertRefused(NOBODY, () -> {
            var _ = etcd.election.leader(election("in/e"));
        });
        assertRefused(DENIED, () -> {
            var _ = alicesElections().leader(election("out/e"));
        });
        assertThat(alicesElections().leader(election("in/e")).getKv().getValue())
                .isEqualTo(bytes("v"));
    }

    /** A client that observes an election. */
    private static final class Watching implements StreamObserver<LeaderResponse> {
        private final List<String> values = new ArrayList<>();
        private boolean completed;

        static Watching of(ElectionStub stub, String name) {
            Watching watching = new Watching();
            stub.observe(election(name), watching);
            return watching;
        }

        @Override
        public void onNext(LeaderResponse told) {
            values.add(told.getKv().getValue().toStringUtf8());
        }

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError("a refused observation ends without an error", failure);
        }

        @Override
        public void onCompleted() {
            completed = true;
        }
    }

    @Test
    void anObservationThatIsRefusedEndsWithoutAWord() {
        var _ = bed.as("root", etcd.election).campaign(campaign("out/e"));
        for (ElectionStub stub : List.of(bed.as("alice", etcd.electionCalls), etcd.electionCalls)) {
            Watching refused = Watching.of(stub, "out/e");
            assertThat(refused.completed).isTrue();
            assertThat(refused.values).isEmpty();
        }
    }

    @Test
    void anObservationIsAskedAgainWhenTheLeaderGoes() {
        LeaderKey first =
                bed.as("root", etcd.election).campaign(campaign("in/e")).getLeader();
        Watching alice = Watching.of(bed.as("alice", etcd.electionCalls), "in/e");
        proclaim("root", first);
        assertThat(alice.values).containsExactly("v", "w");

        takeBack("in/", "in0");
        resign("root", first);

        assertThat(alice.completed).isTrue();
        assertThat(alice.values).containsExactly("v", "w");
    }

    @Test
    void leasesThatLocksTakeAreTheCallers() {
        assertRefused(NOBODY, lock(etcd.lockCalls, "in/l", 0));
        assertThat(etcd.store.committed().state().leases().size()).isZero();
        assertThat(lock(alicesLocks(), "in/l", 0)).isCompleted();
        assertThat(etcd.store.committed().state().leases().size()).isEqualTo(1);
        assertThat(bed.as("alice", etcd.kv)
                        .range(Requests.range("in/", "in0").build())
                        .getKvs(0)
                        .getLease())
                .isNotZero();
    }
}
