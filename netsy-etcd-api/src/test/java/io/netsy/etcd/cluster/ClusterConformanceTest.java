package io.netsy.etcd.cluster;

import static io.netsy.etcd.testkit.TestEtcd.assertFails;
import static io.netsy.etcd.testkit.TestEtcd.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.proto.rpc.ClusterGrpc;
import io.netsy.etcd.proto.rpc.Member;
import io.netsy.etcd.proto.rpc.MemberAddRequest;
import io.netsy.etcd.proto.rpc.MemberListRequest;
import io.netsy.etcd.proto.rpc.MemberListResponse;
import io.netsy.etcd.proto.rpc.MemberPromoteRequest;
import io.netsy.etcd.proto.rpc.MemberRemoveRequest;
import io.netsy.etcd.proto.rpc.MemberUpdateRequest;
import io.netsy.etcd.proto.rpc.MemberUpdateResponse;
import io.netsy.etcd.testkit.Calls;
import io.netsy.etcd.testkit.TestEtcd;
import io.netsy.etcd.testkit.TestNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cases of the Cluster service in section 21 of the etcd semantics, by their numbers. */
class ClusterConformanceTest {
    private final TestEtcd etcd = new TestEtcd();

    @AfterEach
    void close() {
        etcd.close();
    }

    private void add(String... urls) {
        var _ = etcd.cluster.memberAdd(
                MemberAddRequest.newBuilder().addAllPeerURLs(List.of(urls)).build());
    }

    private MemberUpdateResponse update(long id, String url) {
        return etcd.cluster.memberUpdate(
                MemberUpdateRequest.newBuilder().setID(id).addPeerURLs(url).build());
    }

    @Test
    void case71_memberList() {
        etcd.put("a", "1");

        MemberListResponse answer = etcd.cluster.memberList(MemberListRequest.getDefaultInstance());

        assertThat(answer.getMembersList())
                .containsExactly(Member.newBuilder()
                        .setID(TestNode.MEMBER_ID)
                        .setName("one")
                        .addPeerURLs("http://127.0.0.1:2380")
                        .addClientURLs("http://127.0.0.1:2379")
                        .build());
        assertThat(answer.getHeader().getRevision()).isZero();
        assertThat(answer.getHeader().getClusterId()).isEqualTo(TestNode.CLUSTER_ID);
        assertThat(answer.getHeader().getMemberId()).isEqualTo(TestNode.MEMBER_ID);
        assertThat(answer.getHeader().getRaftTerm()).isEqualTo(1);
    }

    @Test
    void aLinearizableListWaitsForTheRightToAnswer() {
        etcd.store.holdConfirmations();

        CompletableFuture<MemberListResponse> answer = Calls.start(call -> ClusterGrpc.newStub(
                        etcd.cluster.getChannel())
                .memberList(MemberListRequest.newBuilder().setLinearizable(true).build(), call));
        assertThat(answer).isNotDone();
        etcd.store.confirm();
        assertThat(answer).isCompleted();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1",
                "127.0.0.1:2380",
                "ftp://127.0.0.1:2380",
                "http://127.0.0.1:2380/path",
                "http://127.0.0.1:2380/",
                "http://127.0.0.1:99999",
                "http://[::1",
                "http:opaque",
                "unixx://socket",
                ""
            })
    void case72_badUrls(String url) {
        assertFails(EtcdError.BAD_MEMBER_URLS, () -> add("http://127.0.0.1:2390", url));
        assertFails(EtcdError.BAD_MEMBER_URLS, this::add);
    }

    @Test
    void goodUrlsAreRefusedByTheStateOfTheCluster() {
        assertFails(EtcdError.PEER_URLS_EXIST, () -> add(" http://127.0.0.1:2380 "));
        assertFails(EtcdError.NOT_ENOUGH_STARTED_MEMBERS, () -> add("https://[::1]:2390", "unix://socket"));
    }

    @Test
    void removeUpdateAndPromoteKnowTheirMembers() {
        assertFails(EtcdError.MEMBER_NOT_FOUND, () -> remove(99));
        assertFails(EtcdError.MEMBER_NOT_FOUND, () -> promote(99));
        assertFails(EtcdError.MEMBER_NOT_FOUND, () -> update(99, "http://127.0.0.1:2380"));
        assertFails(EtcdError.NOT_ENOUGH_STARTED_MEMBERS, () -> remove(TestNode.MEMBER_ID));
        assertFails(EtcdError.MEMBER_NOT_LEARNER, () -> promote(TestNode.MEMBER_ID));
        assertThat(update(TestNode.MEMBER_ID, "http://127.0.0.1:2380").getMembersCount())
                .isEqualTo(1);
        assertThat(statusOf(() -> update(TestNode.MEMBER_ID, "http://127.0.0.1:2390"))
                        .getCode())
                .isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    void learners() {
        etcd.node.members =
                List.of(etcd.node.members.getFirst(), new ClusterView.Member(7, "seven", List.of(), List.of(), true));

        assertFails(EtcdError.LEARNER_NOT_READY, () -> promote(7));
        assertFails(
                EtcdError.TOO_MANY_LEARNERS,
                () -> etcd.cluster.memberAdd(MemberAddRequest.newBuilder()
                        .addPeerURLs("http://127.0.0.1:2390")
                        .setIsLearner(true)
                        .build()));
    }

    private void remove(long id) {
        var _ = etcd.cluster.memberRemove(
                MemberRemoveRequest.newBuilder().setID(id).build());
    }

    private void promote(long id) {
        var _ = etcd.cluster.memberPromote(
                MemberPromoteRequest.newBuilder().setID(id).build());
    }
}
