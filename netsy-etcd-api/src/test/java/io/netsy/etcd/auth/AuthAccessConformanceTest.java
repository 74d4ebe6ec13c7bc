package io.netsy.etcd.auth;

import static io.netsy.etcd.auth.AuthBed.READ;
import static io.netsy.etcd.auth.AuthBed.READWRITE;
import static io.netsy.etcd.auth.AuthBed.WRITE;
import static io.netsy.etcd.testkit.Requests.op;
import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.netsy.etcd.access.AccessRules;
import io.netsy.etcd.access.Caller;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.Evaluation;
import io.netsy.etcd.proto.rpc.AlarmRequest;
import io.netsy.etcd.proto.rpc.AlarmType;
import io.netsy.etcd.proto.rpc.AuthRoleDeleteRequest;
import io.netsy.etcd.proto.rpc.AuthRoleGetRequest;
import io.netsy.etcd.proto.rpc.AuthRoleListRequest;
import io.netsy.etcd.proto.rpc.AuthUserAddRequest;
import io.netsy.etcd.proto.rpc.AuthUserDeleteRequest;
import io.netsy.etcd.proto.rpc.AuthUserGetRequest;
import io.netsy.etcd.proto.rpc.AuthUserListRequest;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.Compare;
import io.netsy.etcd.proto.rpc.DefragmentRequest;
import io.netsy.etcd.proto.rpc.DowngradeRequest;
import io.netsy.etcd.proto.rpc.HashKVRequest;
import io.netsy.etcd.proto.rpc.HashRequest;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.KVGrpc.KVBlockingStub;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.LeaseGrpc.LeaseBlockingStub;
import io.netsy.etcd.proto.rpc.LeaseLeasesRequest;
import io.netsy.etcd.proto.rpc.LeaseRevokeRequest;
import io.netsy.etcd.proto.rpc.LeaseTimeToLiveRequest;
import io.netsy.etcd.proto.rpc.MemberAddRequest;
import io.netsy.etcd.proto.rpc.MemberListRequest;
import io.netsy.etcd.proto.rpc.MemberPromoteRequest;
import io.netsy.etcd.proto.rpc.MemberRemoveRequest;
import io.netsy.etcd.proto.rpc.MemberUpdateRequest;
import io.netsy.etcd.proto.rpc.MoveLeaderRequest;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.StatusRequest;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.testkit.Calls;
import io.netsy.etcd.testkit.KeepAliveClient;
import io.netsy.etcd.testkit.Requests;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may do what while auth is on (etcd semantics, section 17; cases by number from section 21). */
class AuthAccessConformanceTest {
    private final AuthBed bed = AuthBed.enabled();
    private final TestEtcd etcd = bed.etcd;
    private KVBlockingStub root;

    /** What alice holds when auth changes is no longer good for her next request, so each call signs her in anew. */
    @BeforeEach
    void signIn() {
        root = bed.as("root", etcd.kv);
    }

    @AfterEach
    void close() {
        bed.close();
    }

    private KVBlockingStub alice() {
        return bed.as("alice", etcd.kv);
    }

    private void alicePuts(String key) {
        var _ = alice().put(Requests.put(key, "v").build());
    }

    private void aliceReads(String key, String end) {
        var _ = alice().range(Requests.range(key, end).build());
    }

    private void aliceCommits(TxnRequest.Builder txn) {
        var _ = alice().txn(txn.build());
    }

    private static void assertDenied(ThrowingCallable call) {
        assertFails(EtcdError.PERMISSION_DENIED, call);
    }

    @Test
    void case74WithoutATokenAndWithGarbage() {
        assertFails(EtcdError.USER_EMPTY, () -> etcd.range(Requests.range("k")));
        for (String garbage : List.of("garbage", "", "aaaaaaaaaaaaaaaa.1", "a.b.c", "Bearer x")) {
            assertFails(
                    EtcdError.INVALID_AUTH_TOKEN,
                    () -> AuthBed.withToken(garbage, etcd.kv)
                            .range(Requests.range("k").build()));
            assertFails(
                    EtcdError.INVALID_AUTH_TOKEN,
                    () -> AuthBed.withToken(garbage, etcd.kv)
                            .put(Requests.put("k", "v").build()));
        }
    }

    @Test
    void theTokenStandsInEitherHeader() {
        bed.grant(READ, "k", "");
        for (String prefix : List.of("", "Bearer ")) {
            String token = prefix + bed.token("alice");
            var _ = AuthBed.withHeader("authorization", token, etcd.kv)
                    .range(Requests.range("k").build());
            var _ = AuthBed.withToken(token, etcd.kv).range(Requests.range("k").build());
        }
        KVBlockingStub both =
                AuthBed.withHeader("authorization", "garbage", AuthBed.withToken(bed.token("alice"), etcd.kv));
        both.range(Requests.range("k").build());
    }

    @Test
    void staticChecksComeBeforeCredentials() {
        assertFails(EtcdError.EMPTY_KEY, () -> etcd.range(Requests.range("")));
        assertFails(EtcdError.EMPTY_KEY, () -> etcd.put("", "v"));
        assertFails(
                EtcdError.EMPTY_KEY,
                () -> etcd.kv.deleteRange(Requests.delete("").build()));
        assertFails(
                EtcdError.DUPLICATE_KEY,
                () -> etcd.kv.txn(Requests.txn(op(Requests.put("a", "1")), op(Requests.put("a", "2")))
                        .build()));
        String large = "v".repeat(1_600_000);
        assertFails(
                EtcdError.INVALID_AUTH_TOKEN,
                () -> AuthBed.withToken("garbage", etcd.kv)
                        .put(Requests.put("a", large).build()));
        assertFails(EtcdError.REQUEST_TOO_LARGE, () -> etcd.put("a", large));
    }

    @Test
    void permissionsComeBeforeWhatTheStateSays() {
        assertDenied(() -> alice().range(Requests.range("k").setRevision(99).build()));
        assertDenied(() -> alice().put(Requests.put("k", "v").setLease(77).build()));
        bed.grant(WRITE, "k", "");
        assertFails(
                EtcdError.LEASE_NOT_FOUND,
                () -> alice().put(Requests.put("k", "v").setLease(77).build()));
    }

    @Test
    void case76RangesMerge() {
        bed.grant(READ, "a", "b");
        bed.grant(READ, "b", "c");
        aliceReads("a", "c");
        aliceReads("a", "");
        aliceReads("b", "bz");
        assertDenied(() -> aliceReads("a", "d"));
        assertDenied(() -> aliceReads("c", ""));
        assertDenied(() -> aliceReads("a", "\0"));
        assertDenied(() -> alicePuts("a"));
        bed.grant(WRITE, "a", "c");
        alicePuts("a");
    }

    @Test
    void case76PreviousValuesNeedTheRightToRead() {
        bed.grant(WRITE, "k", "m");
        PutRequest put = Requests.put("k", "v").setPrevKv(true).build();
        assertDenied(() -> alice().put(put));
        assertDenied(() ->
                alice().deleteRange(Requests.delete("k", "l").setPrevKv(true).build()));
        assertDenied(() -> aliceCommits(Requests.txn(op(Requests.delete("k").setPrevKv(true)))));
        var _ = alice().deleteRange(Requests.delete("k", "l").build());
        bed.grant(READWRITE, "k", "m");
        var _ = alice().put(put);
        var _ = alice().deleteRange(Requests.delete("k", "l").setPrevKv(true).build());
        assertDenied(() -> alice().deleteRange(Requests.delete("k", "n").build()));
    }

    @Test
    void permissionsOfSeveralRolesAddUpAndAreTakenBack() {
        bed.addRole("s");
        bed.grantRole("alice", "s");
        bed.grant("r", READ, "a", "c");
        bed.grant("s", READWRITE, "b", "\0");
        aliceReads("a", "\0");
        alicePuts("z");
        assertDenied(() -> alicePuts("a"));
        var _ = bed.auth.roleDelete(
                AuthRoleDeleteRequest.newBuilder().setRole("s").build());
        assertDenied(() -> aliceReads("a", "\0"));
        assertDenied(() -> alicePuts("z"));
    }

    @Test
    void rootMayEverything() {
        var _ = root.put(Requests.put("anything", "v").build());
        var _ = root.range(Requests.range("\0", "\0").build());
        var _ = root.compact(CompactionRequest.newBuilder().setRevision(2).build());
    }

    @Test
    void case78BothBranchesCountAndSoDoNestedOnes() {
        bed.grant(READWRITE, "a", "b");
        TxnRequest.Builder allowed = Requests.txn(op(Requests.put("a", "1")))
                .addCompare(Requests.versionIs("a", Compare.CompareResult.EQUAL, 0));
        aliceCommits(allowed);
        RequestOp forbidden = op(Requests.put("x", "1"));
        assertDenied(() -> aliceCommits(Requests.txn(op(Requests.put("a", "1"))).addFailure(forbidden)));
        assertDenied(() -> aliceCommits(Requests.txn(op(Requests.txn(forbidden)))));
        assertDenied(() ->
                aliceCommits(Requests.txn().addFailure(op(Requests.txn().addFailure(op(Requests.range("x")))))));
        assertDenied(
                () -> aliceCommits(Requests.txn().addCompare(Requests.versionIs("x", Compare.CompareResult.EQUAL, 0))));
        assertDenied(() -> aliceCommits(Requests.txn(op(Requests.txn()
                .addCompare(
                        Requests.versionIs("a", Compare.CompareResult.EQUAL, 0).setRangeEnd(Requests.bytes("c")))))));
        assertDenied(() -> aliceCommits(Requests.txn(op(Requests.range("a"))).addFailure(op(Requests.range("x")))));
        aliceCommits(Requests.txn(op(Requests.range("a", "b"))));
        assertThat(root.range(Requests.range("x").build()).getCount()).isZero();
    }

    @Test
    void aPutToALeaseNeedsTheRightToItsKeys() {
        bed.grant(READWRITE, "a", "b");
        long lease = grantLease();
        var _ = alice().put(Requests.put("a1", "v").setLease(lease).build());
        var _ = root.put(Requests.put("x", "v").setLease(lease).build());
        PutRequest.Builder put = Requests.put("a2", "v").setLease(lease);
        assertDenied(() -> alice().put(put.build()));
        assertDenied(() -> aliceCommits(Requests.txn(op(put))));
        var _ = root.put(put.build());
    }

    private LeaseBlockingStub aliceLeases() {
        return bed.as("alice", etcd.lease);
    }

    private long grantLease() {
        return aliceLeases()
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build())
                .getID();
    }

    @Test
    void leasesBelongToThoseWhoMayWriteTheirKeys() {
        assertFails(
                EtcdError.USER_EMPTY,
                () -> etcd.lease.leaseGrant(
                        LeaseGrantRequest.newBuilder().setTTL(60).build()));
        bed.grant(READWRITE, "a", "b");
        long lease = grantLease();
        LeaseRevokeRequest revoke = LeaseRevokeRequest.newBuilder().setID(lease).build();
        LeaseTimeToLiveRequest.Builder timeToLive =
                LeaseTimeToLiveRequest.newBuilder().setID(lease);
        var _ = root.put(Requests.put("x", "v").setLease(lease).build());

        assertFails(EtcdError.USER_EMPTY, () -> etcd.lease.leaseRevoke(revoke));
        assertDenied(() -> aliceLeases().leaseRevoke(revoke));
        assertDenied(
                () -> aliceLeases().leaseTimeToLive(timeToLive.setKeys(true).build()));
        var _ = aliceLeases().leaseTimeToLive(timeToLive.setKeys(false).build());
        assertFails(EtcdError.USER_EMPTY, () -> etcd.lease.leaseTimeToLive(timeToLive.build()));
        assertDenied(() -> aliceLeases().leaseLeases(LeaseLeasesRequest.getDefaultInstance()));
        assertFails(EtcdError.USER_EMPTY, () -> etcd.lease.leaseLeases(LeaseLeasesRequest.getDefaultInstance()));

        var _ = root.deleteRange(Requests.delete("x").build());
        var _ = alice().put(Requests.put("a1", "v").setLease(lease).build());
        assertThat(aliceLeases()
                        .leaseTimeToLive(timeToLive.setKeys(true).build())
                        .getKeysCount())
                .isEqualTo(1);
        assertThat(aliceLeases()
                        .leaseLeases(LeaseLeasesRequest.getDefaultInstance())
                        .getLeasesCount())
                .isEqualTo(1);
        var _ = aliceLeases().leaseRevoke(revoke);
        assertFails(EtcdError.LEASE_NOT_FOUND, () -> aliceLeases().leaseRevoke(revoke));
    }

    @Test
    void aRefusedRevokeDisturbsNoRenewal() {
        long lease = grantLease();
        var _ = root.put(Requests.put("x", "v").setLease(lease).build());
        try (KeepAliveClient owner = new KeepAliveClient(bed.as("root", etcd.leaseStreams))) {
            assertDenied(() -> aliceLeases()
                    .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build()));
            owner.send(lease);
            assertThat(owner.answers().getLast().getTTL()).isEqualTo(60);
        }
    }

    @Test
    void keepingALeaseNeedsTheRightToItsKeys() {
        long lease = grantLease();
        try (KeepAliveClient alice = new KeepAliveClient(bed.as("alice", etcd.leaseStreams))) {
            alice.send(lease);
            assertThat(alice.answers().getLast().getTTL()).isEqualTo(60);
            var _ = root.put(Requests.put("x", "v").setLease(lease).build());
            alice.send(lease);
            assertThat(alice.failure().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(alice.failure().getDescription()).isEqualTo(EtcdError.PERMISSION_DENIED.message());
        }
        try (KeepAliveClient nobody = new KeepAliveClient(etcd.leaseStreams)) {
            nobody.send(lease);
            assertThat(nobody.failure().getDescription()).isEqualTo(EtcdError.USER_EMPTY.message());
        }
    }

    @Test
    void aStreamThatWasOpenBeforeAuthWasSwitchedOnIsAskedToo() {
        bed.disable();
        try (KeepAliveClient nobody = new KeepAliveClient(etcd.leaseStreams)) {
            nobody.send(1);
            assertThat(nobody.answers()).hasSize(1);
            bed.enable();
            nobody.send(1);
            assertThat(nobody.failure().getDescription()).isEqualTo(EtcdError.USER_EMPTY.message());
        }
    }

    private void assertRootOnly(BiConsumer<AuthBed, String> call) {
        assertFails(EtcdError.USER_EMPTY, () -> call.accept(bed, ""));
        assertFails(EtcdError.INVALID_AUTH_TOKEN, () -> call.accept(bed, "garbage"));
        assertDenied(() -> call.accept(bed, bed.token("alice")));
        try {
            call.accept(bed, bed.token("root"));
        } catch (StatusRuntimeException afterTheCheck) {
            assertThat(afterTheCheck.getStatus().getDescription()).isNotEqualTo(EtcdError.PERMISSION_DENIED.message());
        }
    }

    private static <S extends AbstractStub<S>> S with(String token, S stub) {
        return token.isEmpty() ? stub : AuthBed.withToken(token, stub);
    }

    @Test
    void whatOnlyRootMayDo() {
        assertRootOnly((b, token) -> with(token, etcd.kv).compact(CompactionRequest.getDefaultInstance()));
        assertRootOnly((b, token) -> with(token, etcd.maintenance).defragment(DefragmentRequest.getDefaultInstance()));
        assertRootOnly((b, token) -> with(token, etcd.maintenance).hash(HashRequest.getDefaultInstance()));
        assertRootOnly((b, token) -> with(token, etcd.maintenance).hashKV(HashKVRequest.getDefaultInstance()));
        assertRootOnly((b, token) -> with(token, etcd.maintenance).moveLeader(MoveLeaderRequest.getDefaultInstance()));
        assertRootOnly((b, token) -> with(token, etcd.maintenance).downgrade(DowngradeRequest.getDefaultInstance()));
        for (AlarmRequest.AlarmAction action :
                List.of(AlarmRequest.AlarmAction.ACTIVATE, AlarmRequest.AlarmAction.DEACTIVATE)) {
            assertRootOnly((b, token) -> with(token, etcd.maintenance)
                    .alarm(AlarmRequest.newBuilder()
                            .setAction(action)
                            .setAlarm(AlarmType.NOSPACE)
                            .build()));
        }
        assertRootOnly((b, token) -> with(token, etcd.cluster)
                .memberAdd(MemberAddRequest.newBuilder()
                        .addPeerURLs("http://127.0.0.1:7")
                        .build()));
        assertRootOnly((b, token) -> with(token, etcd.cluster).memberRemove(MemberRemoveRequest.getDefaultInstance()));
        assertRootOnly((b, token) -> with(token, etcd.cluster).memberUpdate(MemberUpdateRequest.getDefaultInstance()));
        assertRootOnly(
                (b, token) -> with(token, etcd.cluster).memberPromote(MemberPromoteRequest.getDefaultInstance()));
        assertRootOnly((b, token) -> with(token, etcd.auth).userList(AuthUserListRequest.getDefaultInstance()));
        assertRootOnly((b, token) -> with(token, etcd.auth).roleList(AuthRoleListRequest.getDefaultInstance()));
        assertRootOnly((b, token) -> with(token, etcd.auth)
                .userAdd(AuthUserAddRequest.newBuilder().setName("new").build()));
    }

    @Test
    void badMemberUrlsAreFoundBeforeAnybodyIsAsked() {
        assertFails(EtcdError.BAD_MEMBER_URLS, () -> etcd.cluster.memberAdd(MemberAddRequest.getDefaultInstance()));
    }

    @Test
    void whatEveryUserMayDo() {
        assertFails(EtcdError.USER_EMPTY, () -> etcd.maintenance.status(StatusRequest.getDefaultInstance()));
        assertFails(EtcdError.USER_EMPTY, () -> etcd.maintenance.alarm(AlarmRequest.getDefaultInstance()));
        assertFails(EtcdError.USER_EMPTY, () -> etcd.cluster.memberList(MemberListRequest.getDefaultInstance()));
        var _ = bed.as("alice", etcd.maintenance).status(StatusRequest.getDefaultInstance());
        var _ = bed.as("alice", etcd.maintenance).alarm(AlarmRequest.getDefaultInstance());
        var _ = bed.as("alice", etcd.cluster).memberList(MemberListRequest.getDefaultInstance());
        var _ = bed.as("alice", etcd.cluster)
                .memberList(MemberListRequest.newBuilder().setLinearizable(true).build());
    }

    @Test
    void everybodyMayAskAboutHimself() {
        bed.addRole("other");
        var alice = bed.as("alice", etcd.auth);
        assertThat(alice.userGet(
                                AuthUserGetRequest.newBuilder().setName("alice").build())
                        .getRolesList())
                .containsExactly("r");
        var _ = alice.roleGet(AuthRoleGetRequest.newBuilder().setRole("r").build());
        assertDenied(() ->
                alice.userGet(AuthUserGetRequest.newBuilder().setName("root").build()));
        assertDenied(() ->
                alice.roleGet(AuthRoleGetRequest.newBuilder().setRole("other").build()));
        assertFails(
                EtcdError.USER_EMPTY,
                () -> etcd.auth.userGet(
                        AuthUserGetRequest.newBuilder().setName("alice").build()));
        assertFails(EtcdError.USER_NOT_FOUND, () -> etcd.auth.userGet(AuthUserGetRequest.getDefaultInstance()));
    }

    @Test
    void aWriteIsJudgedByTheAuthStateItIsSequencedAfter() {
        bed.grant(READWRITE, "k", "");
        KVBlockingStub alice = alice();
        etcd.store.holdCommits();
        CompletableFuture<Boolean> change = etcd.store.propose((tip, revisions) -> Evaluation.effect(
                tip,
                new Entry.AuthChange(
                        tip.auth().revision() + 1,
                        true,
                        Entry.AuthChange.Changed.nothing(),
                        Entry.AuthChange.Changed.nothing()),
                true));
        CompletableFuture<PutResponse> put = Calls.start(observer ->
                KVGrpc.newStub(alice.getChannel()).put(Requests.put("k", "v").build(), observer));
        etcd.store.releaseCommits();
        assertThat(change).isCompleted();
        assertThat(put).isCompletedExceptionally();
        assertThat(Status.fromThrowable(put.exceptionNow()).getDescription())
                .isEqualTo(EtcdError.AUTH_OLD_REVISION.message());
        var _ = alice.put(Requests.put("k", "v").build());
    }

    @Test
    void aTokenLivesFiveMinutesAfterItsLastUse() {
        bed.grant(READ, "k", "");
        KVBlockingStub alice = alice();
        for (int i = 0; i < 3; i++) {
            etcd.clock.advance(Duration.ofSeconds(299));
            var _ = alice.range(Requests.range("k").build());
        }
        etcd.clock.advance(Duration.ofSeconds(301));
        assertFails(
                EtcdError.INVALID_AUTH_TOKEN,
                () -> alice.range(Requests.range("k").build()));
    }

    @Test
    void aUserWhoIsGoneIsNotFoundWhereRootIsAskedFor() {
        bed.addUserWithoutPassword("ghost");
        var _ = bed.auth.userDelete(
                AuthUserDeleteRequest.newBuilder().setName("ghost").build());
        var rules = new AccessRules();
        var ghost = new Caller(Bytes.utf8("ghost"), bed.authRevision());
        var key = Bytes.utf8("k");
        assertThatThrownBy(() -> rules.checkRoot(bed.state(), ghost)).hasMessage(EtcdError.USER_NOT_FOUND.message());
        assertThatThrownBy(() -> rules.checkRead(bed.state(), ghost, key, Bytes.EMPTY))
                .hasMessage(EtcdError.PERMISSION_DENIED.message());
    }
}
