package io.netsy.node.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.rpc.ClusterGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.Member;
import io.netsy.etcd.proto.rpc.MemberListRequest;
import io.netsy.etcd.proto.rpc.MemberListResponse;
import io.netsy.etcd.proto.rpc.MoveLeaderRequest;
import io.netsy.etcd.proto.rpc.MoveLeaderResponse;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import io.netsy.etcd.proto.rpc.StatusRequest;
import io.netsy.etcd.proto.rpc.StatusResponse;
import io.netsy.node.cli.Cli.Ran;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code netsy switchover} against nodes that say who leads, and hand over when they are asked. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class SwitchoverCommandTest {
    private static final Map<String, Long> IDS = new TreeMap<>(Map.of("a", 1L, "b", 2L, "c", 3L));

    private final Map<String, Server> nodes = new TreeMap<>();
    private final Map<String, String> endpoints = new TreeMap<>();
    private final List<String> asked = new ArrayList<>();
    private volatile long leader = 1;
    private volatile @Nullable EtcdError refusal;

    @BeforeEach
    void start() throws Exception {
        for (String name : IDS.keySet()) {
            nodes.put(
                    name,
                    NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                            .addService(new Maintenance(name))
                            .addService(new Members())
                            .build()
                            .start());
            endpoints.put(name, "127.0.0.1:" + node(name).getPort());
        }
    }

    @AfterEach
    void stop() {
        nodes.values().forEach(Server::shutdownNow);
    }

    private Server node(String name) {
        return requireNonNull(nodes.get(name));
    }

    private static long id(String name) {
        return requireNonNull(IDS.get(name));
    }

    private String endpoint(String name) {
        return requireNonNull(endpoints.get(name));
    }

    private final class Maintenance extends MaintenanceGrpc.MaintenanceImplBase {
        private final String name;

        Maintenance(String name) {
            this.name = name;
        }

        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
            observer.onNext(StatusResponse.newBuilder()
                    .setHeader(ResponseHeader.newBuilder().setMemberId(id(name)))
                    .setLeader(leader)
                    .build());
            observer.onCompleted();
        }

        @Override
        public void moveLeader(MoveLeaderRequest request, StreamObserver<MoveLeaderResponse> observer) {
            asked.add(name);
            EtcdError error = refusal;
            if (error != null) {
                refusal = error == EtcdError.NOT_LEADER ? null : error;
                observer.onError(error.exception().error().status().asRuntimeException());
                return;
            }
            leader = request.getTargetID();
            observer.onNext(MoveLeaderResponse.getDefaultInstance());
            observer.onCompleted();
        }
    }

    private final class Members extends ClusterGrpc.ClusterImplBase {
        @Override
        public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> observer) {
            MemberListResponse.Builder members = MemberListResponse.newBuilder();
            IDS.forEach((name, id) -> members.addMembers(
                    Member.newBuilder().setID(id).setName(name).addClientURLs("http://" + endpoint(name))));
            observer.onNext(members.build());
            observer.onCompleted();
        }
    }

    private Ran switchover(String to, String... through) {
        String endpoints =
                String.join(",", List.of(through).stream().map(this::endpoint).toList());
        return Cli.run("switchover", "--to", to, "--endpoints", endpoints);
    }

    @Test
    void theLeaderIsFoundThroughAnyNode() {
        Ran ran = switchover("b", "c");

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("'b' is primary; it was 'a'");
        assertThat(asked).containsExactly("a");
        assertThat(leader).isEqualTo(2);
    }

    @Test
    void whoLeadsAlreadyIsNotAsked() {
        Ran ran = switchover("a", "b");

        assertThat(ran.code()).isZero();
        assertThat(ran.out()).contains("'a' is primary already");
        assertThat(asked).isEmpty();
    }

    @Test
    void aLeaderThatChangedMeanwhileIsLookedForAnew() {
        refusal = EtcdError.NOT_LEADER;

        Ran ran = switchover("b", "a");

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(asked).containsExactly("a", "a");
    }

    @Test
    void aRefusalIsToldAndNotRepeated() {
        refusal = EtcdError.TIMED_OUT;

        Ran ran = switchover("b", "a");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.errors()).singleElement().asString().contains("'a' did not hand over to 'b'", "timed out");
        assertThat(asked).containsExactly("a");
    }

    @Test
    void whatCanNotBeIsExplained() {
        assertThat(switchover("d", "a").errors()).singleElement().asString().contains("'d' is no node", "[a, b, c]");
        leader = 0;
        assertThat(switchover("b", "a").errors()).singleElement().asString().contains("no primary");
        node("a").shutdownNow();
        assertThat(switchover("b", "a").errors()).singleElement().asString().contains("no node answers");
    }

    @Test
    void withoutANodeThereIsNothingToDo() {
        Ran ran = Cli.run("switchover");

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains("--to");
    }
}
