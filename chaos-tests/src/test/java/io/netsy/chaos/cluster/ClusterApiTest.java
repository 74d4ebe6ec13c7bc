package io.netsy.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.netsy.chaos.crash.StoreUnderTest;
import io.netsy.chaos.process.NodeClient;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.rpc.Compare;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.LeaseGrantRequest;
import io.netsy.etcd.proto.rpc.LeaseGrpc;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveRequest;
import io.netsy.etcd.proto.rpc.LeaseKeepAliveResponse;
import io.netsy.etcd.proto.rpc.LeaseRevokeRequest;
import io.netsy.etcd.proto.rpc.LeaseTimeToLiveRequest;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RequestOp;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.TxnResponse;
import io.netsy.node.status.ClientTls;
import io.netsy.node.status.Endpoint;
import io.netsy.node.status.StatusClient;
import io.netsy.node.status.StatusReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What clients see of a healthy cluster at {@code remote_apply} by {@code node-b}, whichever node they talk to. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterApiTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private ClusterProcesses cluster;

    @SuppressWarnings("NullAway.Init") // before all tests
    ClusterApiTest() {}

    @BeforeAll
    void startCluster(@TempDir Path directory) throws Exception {
        cluster = ClusterProcesses.start(
                directory,
                StoreUnderTest.file(directory.resolve("store")),
                List.of(
                        "--replication-synchronous-commit",
                        "remote_apply",
                        "--replication-synchronous-standby-names",
                        "ANY 1 (node-b)"));
        cluster.awaitRule("remote_apply, ANY 1 (node-b)");
    }

    @AfterAll
    void stopCluster() throws Exception {
        cluster.close();
    }

    private NodeClient node(int number) {
        return cluster.client(ClusterProcesses.NODES.get(number % ClusterProcesses.NODES.size()));
    }

    @Test
    void whatOneNodeAcknowledgedAnotherShowsHoweverFarItIsBehind() {
        cluster.link("node-c").delayBack(Duration.ofMillis(40));
        try {
            for (int i = 0; i < 24; i++) {
                node(i).put("/shown", "value-" + i);

                assertThat(node(i + 1 + i / 3 % 2).get("/shown")).contains("value-" + i);
            }
        } finally {
            cluster.link("node-c").delayBack(Duration.ZERO);
        }
    }

    /** etcd's members answer a write when they have applied it. */
    @Test
    void aNodeShowsWhatWasWrittenThroughItHoweverFarItIsBehind() {
        cluster.link("node-c").delayBack(Duration.ofMillis(40));
        try {
            NodeClient behind = cluster.client("node-c");
            for (int i = 0; i < 24; i++) {
                behind.put("/own", "value-" + i);

                assertThat(behind.getLocal("/own")).contains("value-" + i);
            }
        } finally {
            cluster.link("node-c").delayBack(Duration.ZERO);
        }
    }

    @Test
    void atRemoteApplyASerializableReadOnTheStandbyThatCountsShowsItToo() {
        for (int i = 0; i < 60; i++) {
            node(i).put("/applied", "value-" + i);

            assertThat(cluster.client("node-b").getLocal("/applied")).contains("value-" + i);
        }
    }

    @Test
    void aTransactionByAStandbyIsDecidedByThePrimary() {
        assertThat(createOnce(node(1), "/txn", "first").getSucceeded()).isTrue();

        TxnResponse second = createOnce(node(2), "/txn", "second");

        assertThat(second.getSucceeded()).isFalse();
        assertThat(second.getResponses(0)
                        .getResponseRange()
                        .getKvs(0)
                        .getValue()
                        .toStringUtf8())
                .isEqualTo("first");
    }

    private static TxnResponse createOnce(NodeClient client, String key, String value) {
        ByteString keyBytes = ByteString.copyFromUtf8(key);
        return KVGrpc.newBlockingStub(client.channel())
                .txn(TxnRequest.newBuilder()
                        .addCompare(Compare.newBuilder()
                                .setKey(keyBytes)
                                .setTarget(Compare.CompareTarget.VERSION)
                                .setResult(Compare.CompareResult.EQUAL)
                                .setVersion(0))
                        .addSuccess(RequestOp.newBuilder()
                                .setRequestPut(PutRequest.newBuilder()
                                        .setKey(keyBytes)
                                        .setValue(ByteString.copyFromUtf8(value))))
                        .addFailure(RequestOp.newBuilder()
                                .setRequestRange(RangeRequest.newBuilder().setKey(keyBytes)))
                        .build());
    }

    private static LeaseGrpc.LeaseBlockingStub leases(NodeClient client) {
        return LeaseGrpc.newBlockingStub(client.channel());
    }

    private static long grant(NodeClient client, long ttlSeconds) {
        return leases(client)
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(ttlSeconds).build())
                .getID();
    }

    private static void putWithLease(NodeClient client, String key, long lease) {
        var _ = KVGrpc.newBlockingStub(client.channel())
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8("leased"))
                        .setLease(lease)
                        .build());
    }

    @Test
    void aLeaseIsTheSameOnAllNodes() throws Exception {
        long lease = grant(node(1), 600);
        putWithLease(node(2), "/leased", lease);

        for (int i = 0; i < ClusterProcesses.NODES.size(); i++) {
            assertThat(keepAlive(node(i), lease).getTTL()).isEqualTo(600);
            var left = leases(node(i))
                    .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                            .setID(lease)
                            .setKeys(true)
                            .build());
            assertThat(left.getGrantedTTL()).isEqualTo(600);
            assertThat(left.getTTL()).isBetween(1L, 600L);
            assertThat(left.getKeysList()).containsExactly(ByteString.copyFromUtf8("/leased"));
        }
        var _ = leases(node(2))
                .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build());

        for (int i = 0; i < ClusterProcesses.NODES.size(); i++) {
            assertThat(node(i).get("/leased")).isEmpty();
            assertThat(keepAlive(node(i), lease).getTTL()).isZero();
        }
    }

    private static LeaseKeepAliveResponse keepAlive(NodeClient client, long lease) throws Exception {
        CompletableFuture<LeaseKeepAliveResponse> answer = new CompletableFuture<>();
        StreamObserver<LeaseKeepAliveRequest> requests = LeaseGrpc.newStub(client.channel())
                .leaseKeepAlive(new StreamObserver<>() {
                    @Override
                    public void onNext(LeaseKeepAliveResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        answer.completeExceptionally(error);
                    }

                    @Override
                    public void onCompleted() {
                        answer.completeExceptionally(new IllegalStateException("ended"));
                    }
                });
        requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
        try {
            return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } finally {
            requests.onCompleted();
        }
    }

    @Test
    void aLeaseThatNobodyKeepsAliveEndsOnAllNodes() {
        long lease = grant(node(2), 2);
        putWithLease(node(1), "/expiring", lease);

        for (int i = 0; i < ClusterProcesses.NODES.size(); i++) {
            NodeClient client = node(i);
            Awaitility.await("the key goes with its lease")
                    .atMost(PATIENCE)
                    .until(() -> client.get("/expiring").isEmpty());
        }
        Status revoked = statusOf(() -> leases(node(1))
                .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build()));
        assertThat(revoked.getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(revoked.getDescription()).isEqualTo("etcdserver: requested lease not found");
    }

    private static Status statusOf(Runnable call) {
        try {
            call.run();
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    @Test
    void watchesOnAllNodesAreToldEachEventOnce() {
        List<NodeClient.OpenWatch> watches = new ArrayList<>();
        long first = node(0).revision() + 1;
        for (int i = 0; i < ClusterProcesses.NODES.size(); i++) {
            watches.add(node(i).watchFrom(first));
        }
        for (int i = 0; i < 90; i++) {
            node(i).put("/watched", "value-" + i);
        }
        long last = node(0).revision();

        for (NodeClient.OpenWatch watch : watches) {
            List<Event> told = watch.await(last, PATIENCE);
            assertThat(told.stream().map(event -> event.getKv().getModRevision()))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(first, last).boxed().toList());
            assertThat(told).isEqualTo(watches.getFirst().await(last, PATIENCE));
            watch.close();
        }
    }

    @Test
    void statusCallsAllNodesHealthyAndOneOfThemPrimary() throws Exception {
        ClientTls plaintext = new ClientTls(null, null, null);
        List<StatusClient.Target> targets = ClusterProcesses.NODES.stream()
                .map(name -> new StatusClient.Target(Endpoint.parse(cluster.endpoint(name), false), null))
                .toList();

        StatusReport report = new StatusClient(plaintext, Duration.ofSeconds(20)).ask(targets);

        assertThat(report.healthy()).as(report.table()).isTrue();
        assertThat(report.table()).containsOnlyOnce("primary").contains("node-a", "node-b", "node-c");
    }
}
