package io.netsy.node.status;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractBlockingStub;
import io.netsy.etcd.proto.rpc.AlarmRequest;
import io.netsy.etcd.proto.rpc.ClusterGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.MemberListRequest;
import io.netsy.etcd.proto.rpc.StatusRequest;
import io.netsy.etcd.proto.rpc.StatusResponse;
import io.netsy.node.status.NodeStatus.Answered;
import io.netsy.node.status.NodeStatus.Listed;
import io.netsy.node.status.NodeStatus.Role;
import io.netsy.node.status.NodeStatus.Unreachable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/**
 * The questions that are put to a node over gRPC: its status, the members, the alarms, its health. The status decides
 * whether it answers at all; of the others a failure is a note. For any thread.
 */
final class NodeQuestions {
    private final ClientTls tls;
    private final Duration timeout;

    NodeQuestions(ClientTls tls, Duration timeout) {
        this.tls = tls;
        this.timeout = timeout;
    }

    NodeStatus ask(Endpoint endpoint) throws IOException {
        ManagedChannel channel = open(endpoint, tls);
        try {
            StatusResponse status =
                    limited(MaintenanceGrpc.newBlockingStub(channel)).status(StatusRequest.getDefaultInstance());
            return answered(endpoint, channel, status);
        } catch (StatusRuntimeException e) {
            return unreachable(endpoint, e);
        } finally {
            channel.shutdownNow();
        }
    }

    /** A channel to a client port; the caller closes it. */
    static ManagedChannel open(Endpoint endpoint, ClientTls tls) throws IOException {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(
                endpoint.address().host(), endpoint.address().port());
        return endpoint.secure()
                ? builder.sslContext(tls.forGrpc()).build()
                : builder.usePlaintext().build();
    }

    private <S extends AbstractBlockingStub<S>> S limited(S stub) {
        return stub.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Answered answered(Endpoint endpoint, ManagedChannel channel, StatusResponse status) {
        List<String> notes = new ArrayList<>();
        long id = status.getHeader().getMemberId();
        List<Listed> members = orNote(notes, "member list", List.of(), () -> members(channel));
        List<String> alarms = orNote(notes, "alarms", List.of(), () -> alarms(channel));
        boolean serving = orNote(notes, "health", false, () -> serving(channel));
        if (!serving) {
            notes.add("its health service does not say SERVING; it is stopping, or can't serve");
        }
        status.getErrorsList().stream()
                .filter(error -> !error.contains(" alarm:"))
                .forEach(error -> notes.add("it reports: " + error.strip()));
        return new Answered(
                endpoint.toString(),
                new NodeStatus.Member(
                        nameOf(id, members), Long.toHexString(id), status.getVersion(), role(id, status.getLeader())),
                members,
                new NodeStatus.Progress(status.getRaftTerm(), status.getHeader().getRevision(), status.getRaftIndex()),
                new NodeStatus.Size(status.getDbSize(), status.getDbSizeInUse(), status.getDbSizeQuota()),
                alarms,
                serving,
                null,
                notes);
    }

    private static <T> T orNote(List<String> notes, String what, T otherwise, Supplier<T> question) {
        try {
            return question.get();
        } catch (StatusRuntimeException e) {
            notes.add("its %s can't be had: %s".formatted(what, e.getStatus().getDescription()));
            return otherwise;
        }
    }

    private static Role role(long id, long leader) {
        if (leader == 0) {
            return Role.NO_LEADER;
        }
        return leader == id ? Role.PRIMARY : Role.STANDBY;
    }

    private static String nameOf(long id, List<Listed> members) {
        return members.stream()
                .filter(member -> member.id().equals(Long.toHexString(id)))
                .findFirst()
                .map(Listed::name)
                .orElse("");
    }

    private List<Listed> members(ManagedChannel channel) {
        return limited(ClusterGrpc.newBlockingStub(channel))
                .memberList(
                        MemberListRequest.newBuilder().setLinearizable(false).build())
                .getMembersList()
                .stream()
                .map(member -> new Listed(
                        Long.toHexString(member.getID()),
                        member.getName(),
                        member.getIsLearner(),
                        member.getPeerURLsList(),
                        member.getClientURLsList()))
                .toList();
    }

    private List<String> alarms(ManagedChannel channel) {
        return limited(MaintenanceGrpc.newBlockingStub(channel))
                .alarm(AlarmRequest.newBuilder()
                        .setAction(AlarmRequest.AlarmAction.GET)
                        .build())
                .getAlarmsList()
                .stream()
                .map(alarm -> alarm.getAlarm().name())
                .distinct()
                .toList();
    }

    private boolean serving(ManagedChannel channel) {
        return limited(HealthGrpc.newBlockingStub(channel))
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus()
                == ServingStatus.SERVING;
    }

    private Unreachable unreachable(Endpoint endpoint, StatusRuntimeException e) {
        Status status = e.getStatus();
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return new Unreachable(
                    endpoint.toString(),
                    "no answer within %d ms".formatted(timeout.toMillis()),
                    "check the address, firewalls in between, and whether the node hangs");
        }
        String reason = status.getCause() == null
                ? status.getCode() + ": " + status.getDescription()
                : MetricsReader.reason(status.getCause());
        return new Unreachable(endpoint.toString(), reason, wayOut(endpoint, status));
    }

    private static String wayOut(Endpoint endpoint, Status status) {
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return "check --cacert, --cert and --key, and whether that port speaks TLS";
            }
            if (cause instanceof java.net.UnknownHostException) {
                return "check the host name in --endpoints";
            }
            if (cause instanceof java.net.ConnectException) {
                return "check --endpoints, and whether the node runs";
            }
        }
        return endpoint.secure()
                ? "check that a node listens there, and --cacert, --cert and --key"
                : "check that a node listens there; one that speaks TLS needs --cacert";
    }
}
