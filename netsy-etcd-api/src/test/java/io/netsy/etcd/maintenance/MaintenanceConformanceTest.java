package io.netsy.etcd.maintenance;

import static io.netsy.etcd.testkit.Requests.delete;
import static io.netsy.etcd.testkit.Requests.op;
import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.Requests.range;
import static io.netsy.etcd.testkit.Requests.txn;
import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.proto.rpc.AlarmMember;
import io.netsy.etcd.proto.rpc.AlarmRequest;
import io.netsy.etcd.proto.rpc.AlarmRequest.AlarmAction;
import io.netsy.etcd.proto.rpc.AlarmType;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.DefragmentRequest;
import io.netsy.etcd.proto.rpc.DefragmentResponse;
import io.netsy.etcd.proto.rpc.DowngradeRequest;
import io.netsy.etcd.proto.rpc.DowngradeRequest.DowngradeAction;
import io.netsy.etcd.proto.rpc.DowngradeResponse;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.LeaseRevokeRequest;
import io.netsy.etcd.proto.rpc.MoveLeaderRequest;
import io.netsy.etcd.proto.rpc.MoveLeaderResponse;
import io.netsy.etcd.proto.rpc.StatusRequest;
import io.netsy.etcd.proto.rpc.StatusResponse;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.etcd.testkit.TestNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The cases of the Maintenance service in section 21 of the etcd semantics, by their numbers. */
class MaintenanceConformanceTest {
    private TestEtcd etcd = new TestEtcd();

    @AfterEach
    void close() {
        etcd.close();
    }

    private List<AlarmMember> alarm(AlarmAction action, long memberId, AlarmType type) {
        return etcd.maintenance
                .alarm(AlarmRequest.newBuilder()
                        .setAction(action)
                        .setMemberID(memberId)
                        .setAlarm(type)
                        .build())
                .getAlarmsList();
    }

    private List<AlarmMember> raise(AlarmType type) {
        return alarm(AlarmAction.ACTIVATE, TestNode.MEMBER_ID, type);
    }

    private static AlarmMember member(AlarmType type) {
        return AlarmMember.newBuilder()
                .setMemberID(TestNode.MEMBER_ID)
                .setAlarm(type)
                .build();
    }

    private StatusResponse status() {
        return etcd.maintenance.status(StatusRequest.getDefaultInstance());
    }

    private DowngradeResponse downgrade(DowngradeAction action, String version) {
        return etcd.maintenance.downgrade(DowngradeRequest.newBuilder()
                .setAction(action)
                .setVersion(version)
                .build());
    }

    private long grant(long id) {
        return etcd.lease
                .leaseGrant(LeaseGrantRequest.newBuilder().setID(id).setTTL(10).build())
                .getID();
    }

    @Test
    void case70_status() {
        etcd.put("a", "1");
        StatusResponse status = status();

        assertThat(status.getVersion()).isEqualTo("3.6.14");
        assertThat(status.getStorageVersion()).isEqualTo("3.6.0");
        assertThat(status.getDbSize()).isEqualTo(20_480);
        assertThat(status.getDbSizeInUse()).isEqualTo(16_384);
        assertThat(status.getDbSizeQuota()).isEqualTo(2_147_483_648L);
        assertThat(status.getLeader()).isEqualTo(status.getHeader().getMemberId());
        assertThat(status.getRaftIndex()).isEqualTo(1);
        assertThat(status.getRaftAppliedIndex()).isEqualTo(1);
        assertThat(status.getRaftTerm()).isEqualTo(1);
        assertThat(status.getIsLearner()).isFalse();
        assertThat(status.hasDowngradeInfo()).isTrue();
        assertThat(status.getErrorsList()).isEmpty();
        assertThat(status.getHeader().getRevision()).isEqualTo(2);
    }

    @Test
    void statusNamesWhatIsWrong() {
        raise(AlarmType.NOSPACE);
        etcd.node.leaderId = 0;
        etcd.node.quotaBytes = Long.MAX_VALUE;

        assertThat(status().getErrorsList())
                .containsExactly(
                        "etcdserver: no leader",
                        "memberID:" + Long.toUnsignedString(TestNode.MEMBER_ID) + " alarm:NOSPACE ");
        assertThat(status().getDbSizeQuota()).isEqualTo(-1);
    }

    @Test
    void alarmsAreRaisedOnceListedAndCleared() {
        assertThat(alarm(AlarmAction.GET, 0, AlarmType.NONE)).isEmpty();
        assertThat(raise(AlarmType.NONE)).isEmpty();
        assertThat(raise(AlarmType.NOSPACE)).containsExactly(member(AlarmType.NOSPACE));
        assertThat(raise(AlarmType.NOSPACE)).containsExactly(member(AlarmType.NOSPACE));
        assertThat(raise(AlarmType.CORRUPT)).containsExactly(member(AlarmType.CORRUPT));
        assertThat(etcd.store.log()).hasSize(2);

        assertThat(alarm(AlarmAction.GET, 123, AlarmType.NONE))
                .containsExactly(member(AlarmType.NOSPACE), member(AlarmType.CORRUPT));
        assertThat(alarm(AlarmAction.GET, 0, AlarmType.CORRUPT)).containsExactly(member(AlarmType.CORRUPT));
        assertThat(alarm(AlarmAction.DEACTIVATE, 123, AlarmType.CORRUPT)).isEmpty();
        assertThat(alarm(AlarmAction.DEACTIVATE, TestNode.MEMBER_ID, AlarmType.CORRUPT))
                .containsExactly(member(AlarmType.CORRUPT));

        etcd = etcd.restarted();
        assertThat(alarm(AlarmAction.GET, 0, AlarmType.NONE)).containsExactly(member(AlarmType.NOSPACE));
    }

    @Test
    void case67_noSpace() {
        etcd.put("a", "1");
        grant(1);
        raise(AlarmType.NOSPACE);

        assertFails(EtcdError.NO_SPACE, () -> etcd.put("a", "2"));
        assertFails(EtcdError.NO_SPACE, () -> grant(2));
        assertFails(EtcdError.EMPTY_KEY, () -> etcd.put("", "2"));
        assertThat(etcd.range(range("a")).getCount()).isEqualTo(1);
        assertThat(etcd.kv.deleteRange(delete("a").build()).getDeleted()).isEqualTo(1);
        var _ = etcd.kv.compact(CompactionRequest.newBuilder().setRevision(3).build());
        var _ = etcd.lease.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(1).build());

        alarm(AlarmAction.DEACTIVATE, TestNode.MEMBER_ID, AlarmType.NOSPACE);
        assertThat(etcd.put("a", "3")).isEqualTo(4);
    }

    @Test
    void case40_transactionsUnderNoSpace() {
        etcd.put("a", "1");
        raise(AlarmType.NOSPACE);
        TxnRequest.Builder deleting = txn(op(range("a")), op(delete("a")), op(txn(op(delete("b")))));

        assertThat(etcd.kv.txn(deleting.build()).getHeader().getRevision()).isEqualTo(3);
        TxnRequest putting =
                deleting.clone().addFailure(op(txn(op(put("b", ""))))).build();
        assertFails(EtcdError.NO_SPACE, () -> etcd.kv.txn(putting));
    }

    @Test
    void theQuotaRaisesTheAlarm() {
        etcd.node.quotaBytes = etcd.node.sizeBytes + 256 + 3 + 1;
        assertThat(etcd.put("key", "")).isEqualTo(2);

        assertFails(EtcdError.NO_SPACE, () -> etcd.put("key", "1"));
        assertThat(alarm(AlarmAction.GET, 0, AlarmType.NONE)).containsExactly(member(AlarmType.NOSPACE));
        etcd.node.quotaBytes = Long.MAX_VALUE;
        assertFails(EtcdError.NO_SPACE, () -> etcd.put("key", ""));
        assertThat(etcd.store.log()).hasSize(2);
    }

    @Test
    void theQuotaSpeaksBeforeTheChecks() {
        etcd.node.quotaBytes = 0;

        assertFails(EtcdError.NO_SPACE, () -> etcd.put("", ""));
        assertFails(EtcdError.NO_SPACE, () -> etcd.kv.txn(txn(op(put("", ""))).build()));
        assertFails(EtcdError.NO_SPACE, () -> grant(1));
        assertThat(etcd.kv.txn(txn(op(delete("a"))).build()).getSucceeded()).isTrue();
    }

    @Test
    void theDearerBranchCounts() {
        etcd.node.quotaBytes = etcd.node.sizeBytes + 2 * 258 + 1;
        TxnRequest.Builder two = txn().addFailure(op(put("a", "1"))).addFailure(op(txn(op(put("b", "1")))));

        assertThat(etcd.kv.txn(two.build()).getSucceeded()).isTrue();
        assertFails(
                EtcdError.NO_SPACE,
                () -> etcd.kv.txn(two.addFailure(op(put("c", ""))).build()));
    }

    @Test
    void case68_corrupt() {
        etcd.put("a", "1");
        grant(1);
        raise(AlarmType.NOSPACE);
        raise(AlarmType.CORRUPT);

        assertFails(EtcdError.CORRUPT, () -> etcd.put("a", "2"));
        assertFails(EtcdError.CORRUPT, () -> etcd.kv.deleteRange(delete("a").build()));
        assertFails(EtcdError.CORRUPT, () -> etcd.kv.txn(txn(op(delete("a"))).build()));
        assertFails(
                EtcdError.CORRUPT,
                () -> etcd.kv.txn(txn(op(txn(op(range("a"))))).build()));
        assertFails(
                EtcdError.CORRUPT,
                () -> etcd.kv.compact(
                        CompactionRequest.newBuilder().setRevision(2).build()));
        assertFails(EtcdError.CORRUPT, () -> grant(2));
        assertFails(
                EtcdError.CORRUPT,
                () -> etcd.lease.leaseRevoke(
                        LeaseRevokeRequest.newBuilder().setID(1).build()));
        assertThat(etcd.range(range("a")).getCount()).isEqualTo(1);
        assertThat(etcd.kv.txn(txn(op(range("a"))).build()).getResponsesCount()).isEqualTo(1);
    }

    @Test
    void defragmentHasNoHeader() {
        DefragmentResponse answer = etcd.maintenance.defragment(DefragmentRequest.getDefaultInstance());

        assertThat(answer.hasHeader()).isFalse();
        assertThat(status().getDbSize()).isEqualTo(16_384);
    }

    @Test
    void moveLeader() {
        etcd.node.members =
                List.of(etcd.node.members.getFirst(), new ClusterView.Member(7, "seven", List.of(), List.of(), true));

        MoveLeaderResponse self = moveLeaderTo(TestNode.MEMBER_ID);
        assertThat(self.hasHeader()).isFalse();
        assertFails(EtcdError.BAD_LEADER_TRANSFEREE, () -> moveLeaderTo(99));
        assertFails(EtcdError.BAD_LEADER_TRANSFEREE, () -> moveLeaderTo(7));
        etcd.node.leaderId = 5;
        assertFails(EtcdError.NOT_LEADER, () -> moveLeaderTo(TestNode.MEMBER_ID));
    }

    private MoveLeaderResponse moveLeaderTo(long id) {
        return etcd.maintenance.moveLeader(
                MoveLeaderRequest.newBuilder().setTargetID(id).build());
    }

    @Test
    void downgrade() {
        assertThat(downgrade(DowngradeAction.VALIDATE, "3.5").getVersion()).isEqualTo("3.6");
        assertThat(downgrade(DowngradeAction.VALIDATE, "3.5.0").getHeader().getRevision())
                .isEqualTo(1);
        assertThat(downgrade(DowngradeAction.CANCEL, "").getVersion()).isEqualTo("3.6");
        assertFails(EtcdError.INVALID_DOWNGRADE_VERSION, () -> downgrade(DowngradeAction.VALIDATE, "3.4"));
        assertFails(EtcdError.INVALID_DOWNGRADE_VERSION, () -> downgrade(DowngradeAction.ENABLE, "3.6"));
        for (String bad : new String[] {"", "three", "3", "3.5.", "3.5.0.0"}) {
            assertFails(EtcdError.WRONG_DOWNGRADE_VERSION_FORMAT, () -> downgrade(DowngradeAction.VALIDATE, bad));
        }
        assertFails(EtcdError.INVALID_DOWNGRADE_VERSION, () -> downgrade(DowngradeAction.ENABLE, "3.5"));
    }
}
