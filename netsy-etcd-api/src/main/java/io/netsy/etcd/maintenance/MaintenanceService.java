package io.netsy.etcd.maintenance;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.alarm.Alarms;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.maintenance.snapshot.Snapshots;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.LeaderTransfer;
import io.netsy.etcd.port.Ports;
import io.netsy.etcd.proto.rpc.AlarmMember;
import io.netsy.etcd.proto.rpc.AlarmRequest;
import io.netsy.etcd.proto.rpc.AlarmResponse;
import io.netsy.etcd.proto.rpc.AlarmType;
import io.netsy.etcd.proto.rpc.DefragmentRequest;
import io.netsy.etcd.proto.rpc.DefragmentResponse;
import io.netsy.etcd.proto.rpc.DowngradeInfo;
import io.netsy.etcd.proto.rpc.DowngradeRequest;
import io.netsy.etcd.proto.rpc.DowngradeResponse;
import io.netsy.etcd.proto.rpc.HashKVRequest;
import io.netsy.etcd.proto.rpc.HashKVResponse;
import io.netsy.etcd.proto.rpc.HashRequest;
import io.netsy.etcd.proto.rpc.HashResponse;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.MoveLeaderRequest;
import io.netsy.etcd.proto.rpc.MoveLeaderResponse;
import io.netsy.etcd.proto.rpc.SnapshotRequest;
import io.netsy.etcd.proto.rpc.SnapshotResponse;
import io.netsy.etcd.proto.rpc.StatusRequest;
import io.netsy.etcd.proto.rpc.StatusResponse;
import io.netsy.etcd.rpc.Headers;
import io.netsy.etcd.rpc.Reply;
import io.netsy.etcd.state.Alarm;
import io.netsy.etcd.state.StoreState;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** etcd's Maintenance service (etcd semantics, section 15). Handlers never block. */
public final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {
    private final Ports ports;
    private final EtcdVersion version;
    private final Executor blocking;
    private final Headers headers;
    private final Hashes hashes;
    private final Snapshots snapshots;
    private final LeaderTransfer leaderTransfer;

    /**
     * What the service does its work with.
     *
     * @param compactions listen to commits and see what is purged
     * @param blocking runs what reads the whole store; should refuse rather than queue without bound
     */
    public record Means(
            CompactionHashes compactions, Snapshots snapshots, LeaderTransfer leaderTransfer, Executor blocking) {}

    public MaintenanceService(Ports ports, EtcdVersion version, Means means) {
        this.ports = ports;
        this.version = version;
        this.blocking = means.blocking();
        this.headers = new Headers(ports.cluster());
        this.hashes = new Hashes(ports, means.compactions());
        this.snapshots = means.snapshots();
        this.leaderTransfer = means.leaderTransfer();
    }

    /** Of a node that can't hand over. */
    public MaintenanceService(
            Ports ports, EtcdVersion version, CompactionHashes compactions, Snapshots snapshots, Executor blocking) {
        this(ports, version, new Means(compactions, snapshots, LeaderTransfer.NONE, blocking));
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
        Reply<StatusResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            ports.guard().requireCaller();
            reply.send(status(ports.states().committed()));
        });
    }

    private StatusResponse status(CommittedState at) {
        long quota = ports.maintenance().quotaBytes();
        return StatusResponse.newBuilder()
                .setHeader(headers.of(at))
                .setVersion(version.toString())
                .setStorageVersion(version.storage())
                .setDbSize(ports.maintenance().sizeBytes())
                .setDbSizeInUse(ports.maintenance().sizeInUseBytes())
                // A quota below 0 is how etcd is told to have none.
                .setDbSizeQuota(quota == Long.MAX_VALUE ? -1 : quota)
                .setLeader(ports.cluster().leaderId())
                .setRaftIndex(at.index())
                .setRaftAppliedIndex(at.index())
                .setRaftTerm(at.term())
                .setIsLearner(member(ports.cluster().memberId()).anyMatch(ClusterView.Member::learner))
                .setDowngradeInfo(DowngradeInfo.getDefaultInstance())
                .addAllErrors(errors(at.state()))
                .build();
    }

    private List<String> errors(StoreState state) {
        Stream<String> leaderless =
                ports.cluster().leaderId() == 0 ? Stream.of(EtcdError.NO_LEADER.message()) : Stream.empty();
        return Stream.concat(leaderless, sorted(state).map(MaintenanceService::describe))
                .toList();
    }

    /** As etcd's protobuf library prints it, the blank at the end included. */
    private static String describe(Alarm alarm) {
        AlarmType type = AlarmType.forNumber(alarm.type());
        return "memberID:%s alarm:%s "
                .formatted(Long.toUnsignedString(alarm.memberId()), type == null ? alarm.type() : type);
    }

    private static Stream<Alarm> sorted(StoreState state) {
        return state.alarms().stream()
                .sorted(Comparator.comparingInt(Alarm::type).thenComparing(Alarm::memberId, Long::compareUnsigned));
    }

    private Stream<ClusterView.Member> member(long id) {
        return ports.cluster().members().stream().filter(member -> member.id() == id);
    }

    @Override
    public void alarm(AlarmRequest request, StreamObserver<AlarmResponse> observer) {
        Reply<AlarmResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            if (request.getAction() == AlarmRequest.AlarmAction.GET) {
                ports.guard().requireCaller();
            } else {
                ports.guard().requireRoot();
            }
            Alarm alarm = new Alarm(request.getAlarmValue(), request.getMemberID());
            CompletableFuture<List<Alarm>> answered = switch (request.getAction()) {
                case GET -> standing(alarm.type());
                case ACTIVATE -> raise(alarm);
                case DEACTIVATE -> clear(alarm);
                case UNRECOGNIZED -> CompletableFuture.completedFuture(List.of());
            };
            reply.sendWhenDone(answered, this::answer);
        });
    }

    private CompletableFuture<List<Alarm>> standing(int type) {
        return ports.states()
                .linearizable()
                .thenApply(at -> sorted(at.state())
                        .filter(alarm -> type == AlarmType.NONE_VALUE || alarm.type() == type)
                        .toList());
    }

    private CompletableFuture<List<Alarm>> raise(Alarm alarm) {
        if (alarm.type() == AlarmType.NONE_VALUE) {
            return CompletableFuture.completedFuture(List.of());
        }
        return ports.proposer().propose(Alarms.raise(alarm)).thenApply(isNew -> List.of(alarm));
    }

    private CompletableFuture<List<Alarm>> clear(Alarm alarm) {
        return ports.proposer().propose(Alarms.clear(alarm)).thenApply(stood -> stood ? List.of(alarm) : List.of());
    }

    private AlarmResponse answer(List<Alarm> alarms) {
        AlarmResponse.Builder answer =
                AlarmResponse.newBuilder().setHeader(headers.of(ports.states().committed()));
        alarms.forEach(alarm -> answer.addAlarms(
                AlarmMember.newBuilder().setMemberID(alarm.memberId()).setAlarmValue(alarm.type())));
        return answer.build();
    }

    @Override
    public void defragment(DefragmentRequest request, StreamObserver<DefragmentResponse> observer) {
        Reply<DefragmentResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            ports.guard().requireRoot();
            reply.sendWhenDone(ports.maintenance().defragment(), done -> DefragmentResponse.getDefaultInstance());
        });
    }

    @Override
    public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> observer) {
        snapshots.serve((ServerCallStreamObserver<SnapshotResponse>) observer, version.storage());
    }

    @Override
    public void hash(HashRequest request, StreamObserver<HashResponse> observer) {
        answerBlocking(Reply.to(observer), () -> {
            Hashes.Result result = hashes.ofAll();
            return HashResponse.newBuilder()
                    .setHeader(headers.of(result.at()))
                    .setHash(result.hash().hash())
                    .build();
        });
    }

    @Override
    public void hashKV(HashKVRequest request, StreamObserver<HashKVResponse> observer) {
        answerBlocking(Reply.to(observer), () -> {
            Hashes.Result result = hashes.ofHistory(request.getRevision());
            return HashKVResponse.newBuilder()
                    .setHeader(headers.of(result.at()))
                    .setHash(result.hash().hash())
                    .setCompactRevision(result.hash().compactRevision())
                    .setHashRevision(result.hash().revision())
                    .build();
        });
    }

    /** Answers root on a thread that may block. */
    private <T> void answerBlocking(Reply<T> reply, Supplier<T> answer) {
        reply.guard(() -> {
            ports.guard().requireRoot();
            try {
                blocking.execute(() -> reply.guard(() -> reply.send(answer.get())));
            } catch (RejectedExecutionException e) {
                throw EtcdError.TOO_MANY_REQUESTS.exception();
            }
        });
    }

    @Override
    public void moveLeader(MoveLeaderRequest request, StreamObserver<MoveLeaderResponse> observer) {
        Reply<MoveLeaderResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            ports.guard().requireRoot();
            if (ports.cluster().leaderId() != ports.cluster().memberId()) {
                throw EtcdError.NOT_LEADER.exception();
            }
            ClusterView.Member target = member(request.getTargetID())
                    .filter(member -> !member.learner())
                    .findFirst()
                    .orElseThrow(EtcdError.BAD_LEADER_TRANSFEREE::exception);
            if (target.id() == ports.cluster().memberId()) {
                reply.send(MoveLeaderResponse.getDefaultInstance());
            } else {
                reply.sendWhenDone(leaderTransfer.moveTo(target), nothing -> MoveLeaderResponse.getDefaultInstance());
            }
        });
    }

    @Override
    public void downgrade(DowngradeRequest request, StreamObserver<DowngradeResponse> observer) {
        Reply<DowngradeResponse> reply = Reply.to(observer);
        reply.guard(() -> {
            ports.guard().requireRoot();
            switch (request.getAction()) {
                case VALIDATE -> checkDowngrade(request.getVersion());
                case ENABLE -> {
                    checkDowngrade(request.getVersion());
                    // There is no older format of data that this server could go down to.
                    throw EtcdError.INVALID_DOWNGRADE_VERSION.exception();
                }
                case CANCEL -> {}
                case UNRECOGNIZED ->
                    throw Status.UNKNOWN
                            .withDescription("etcdserver: unknown method")
                            .asRuntimeException();
            }
            reply.send(DowngradeResponse.newBuilder()
                    .setHeader(headers.of(ports.states().committed()))
                    .setVersion(version.cluster())
                    .build());
        });
    }

    private void checkDowngrade(String target) {
        EtcdVersion parsed;
        try {
            parsed = EtcdVersion.parse(target);
        } catch (IllegalArgumentException e) {
            throw EtcdError.WRONG_DOWNGRADE_VERSION_FORMAT.exception();
        }
        if (!version.canGoDownTo(parsed)) {
            throw EtcdError.INVALID_DOWNGRADE_VERSION.exception();
        }
    }
}
