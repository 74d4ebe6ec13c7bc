package io.netsy.node.status;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.proto.rpc.ClusterGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.Member;
import io.netsy.etcd.proto.rpc.MemberListRequest;
import io.netsy.etcd.proto.rpc.MoveLeaderRequest;
import io.netsy.etcd.proto.rpc.StatusRequest;
import io.netsy.etcd.proto.rpc.StatusResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Has another node made primary by etcd's MoveLeader, as etcdctl does: the node that leads is found through any that answers. Blocks.
 */
public final class SwitchoverClient {
    /** A node gives the elector ten seconds. */
    private static final Duration MOVE_TIMEOUT = Duration.ofSeconds(15);

    /** The primary may change between the question and the request. */
    private static final int ATTEMPTS = 3;

    private final ClientTls tls;
    private final Duration timeout;

    /** @param timeout for each question; the change itself has a longer one */
    public SwitchoverClient(ClientTls tls, Duration timeout) {
        this.tls = tls;
        this.timeout = timeout;
    }

    /**
     * What came of it.
     *
     * @param before who was primary
     */
    public record Switched(String before, String now) {
        public boolean isChange() {
            return !before.equals(now);
        }
    }

    /** What a node said: which member it is, who leads, and who there is. */
    private record View(Endpoint endpoint, long member, long leader, List<Member> members) {
        Optional<Member> find(long id) {
            return members.stream().filter(member -> member.getID() == id).findFirst();
        }
    }

    /**
     * Makes a node primary.
     *
     * @throws IOException when it can't be done; the message says why
     */
    public Switched switchTo(List<Endpoint> endpoints, String node) throws IOException {
        for (int attempt = 1; ; attempt++) {
            List<View> views = look(endpoints);
            View view = views.getFirst();
            Member target = view.members().stream()
                    .filter(member -> member.getName().equals(node))
                    .findFirst()
                    .orElseThrow(() -> new IOException("'%s' is no node of the cluster; there are %s"
                            .formatted(
                                    node,
                                    view.members().stream().map(Member::getName).toList())));
            if (view.leader() == 0) {
                throw new IOException(
                        "there is no primary at the moment that could hand over; the elector picks one by itself");
            }
            String before = view.find(view.leader()).map(Member::getName).orElse("");
            if (view.leader() == target.getID()) {
                return new Switched(before, node);
            }
            try {
                move(leader(views, view), target.getID());
                return new Switched(before, node);
            } catch (StatusRuntimeException e) {
                boolean moved = Objects.equals(
                        e.getStatus().getDescription(),
                        EtcdError.NOT_LEADER.status().getDescription());
                if (!moved || attempt == ATTEMPTS) {
                    throw new IOException("'%s' did not hand over to '%s': %s".formatted(before, node, describe(e)), e);
                }
            }
        }
    }

    private void move(Endpoint leader, long target) throws IOException {
        ManagedChannel channel = NodeQuestions.open(leader, tls);
        try {
            MaintenanceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(MOVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .moveLeader(
                            MoveLeaderRequest.newBuilder().setTargetID(target).build());
        } finally {
            channel.shutdownNow();
        }
    }

    /** Where the primary is reached: an address that was given, else one that it told. */
    private static Endpoint leader(List<View> views, View view) throws IOException {
        Optional<View> given =
                views.stream().filter(other -> other.member() == view.leader()).findFirst();
        if (given.isPresent()) {
            return given.get().endpoint();
        }
        Optional<Member> leader = view.find(view.leader());
        if (leader.isEmpty() || leader.get().getClientURLsCount() == 0) {
            throw new IOException("the address of the primary is not known; name it in --endpoints");
        }
        return Endpoint.parse(leader.get().getClientURLs(0), view.endpoint().secure());
    }

    /** All that answer; one at least. */
    private List<View> look(List<Endpoint> endpoints) throws IOException {
        List<View> views = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (Endpoint endpoint : endpoints) {
            ManagedChannel channel = NodeQuestions.open(endpoint, tls);
            try {
                views.add(look(endpoint, channel));
            } catch (StatusRuntimeException e) {
                failures.add("%s: %s".formatted(endpoint, describe(e)));
            } finally {
                channel.shutdownNow();
            }
        }
        if (views.isEmpty()) {
            throw new IOException("no node answers: %s; check --endpoints".formatted(String.join(", ", failures)));
        }
        return views;
    }

    private View look(Endpoint endpoint, ManagedChannel channel) {
        StatusResponse status = MaintenanceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .status(StatusRequest.getDefaultInstance());
        List<Member> members = ClusterGrpc.newBlockingStub(channel)
                .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .memberList(
                        MemberListRequest.newBuilder().setLinearizable(false).build())
                .getMembersList();
        return new View(endpoint, status.getHeader().getMemberId(), status.getLeader(), members);
    }

    private static String describe(StatusRuntimeException e) {
        Status status = e.getStatus();
        if (status.getCause() != null) {
            return MetricsReader.reason(status.getCause());
        }
        return status.getDescription() == null ? status.getCode().name() : status.getDescription();
    }
}
