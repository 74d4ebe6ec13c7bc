package io.netsy.node.peer;

import io.grpc.BindableService;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.rpc.Failures;
import io.netsy.node.role.ElectorQuestions;
import io.netsy.replication.wire.PeerAnswer;
import io.netsy.replication.wire.PeerAnswer.Said;
import io.netsy.replication.wire.PeerAnswer.Wish;
import io.netsy.replication.wire.PeerCallCodec;
import io.netsy.replication.wire.PeerQuestion;
import io.netsy.replication.wire.PeerQuestion.Addressed;
import io.netsy.replication.wire.WireException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers what electors and other nodes ask this one. A question of another cluster, for another node, or that is none is refused with
 * a reason, here and there in one line. Until {@link #answerBy} it has no answers. Safe for any thread.
 */
public final class PeerService implements BindableService {
    /** Its name, for interceptors that are not for it. */
    public static final String NAME = PeerMethod.SERVICE;

    private final UUID clusterId;
    private final String node;
    private final Supplier<Optional<Wish>> wish;
    private final Refusals refusals = new Refusals("refused what was asked of this node by");
    private volatile @Nullable ElectorQuestions answers;

    /** @param wish what an operator asked of this node for whoever is the elector */
    public PeerService(UUID clusterId, String node, Supplier<Optional<Wish>> wish) {
        this.clusterId = clusterId;
        this.node = node;
        this.wish = wish;
    }

    /** From now on this is who answers. */
    public void answerBy(ElectorQuestions newAnswers) {
        answers = newAnswers;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(PeerMethod.SERVICE)
                .addMethod(
                        PeerMethod.ASK,
                        (call, headers) -> ServerCalls.<byte[], byte[]>asyncUnaryCall(
                                        (question, observer) -> answer(remote(call), question, observer))
                                .startCall(call, headers))
                .build();
    }

    /** Without the port, which is another one each time. */
    private static String remote(ServerCall<?, ?> call) {
        SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        return address instanceof InetSocketAddress internet ? internet.getHostString() : String.valueOf(address);
    }

    private void answer(String remote, byte[] bytes, StreamObserver<byte[]> observer) {
        // Whoever asked may be gone by the time of the answer; that is his affair.
        ((ServerCallStreamObserver<byte[]>) observer).setOnCancelHandler(() -> {});
        Addressed asked;
        try {
            asked = PeerCallCodec.decodeQuestion(bytes);
        } catch (WireException malformed) {
            refuse(remote, Status.INVALID_ARGUMENT.withDescription(malformed.getMessage()), observer);
            return;
        }
        ElectorQuestions current = answers;
        if (!asked.clusterId().equals(clusterId)) {
            refuse(
                    remote,
                    Status.FAILED_PRECONDITION.withDescription("it is of cluster %s, node '%s' is of cluster %s"
                            .formatted(asked.clusterId(), node, clusterId)),
                    observer);
        } else if (!asked.to().equals(node)) {
            refuse(
                    remote,
                    Status.FAILED_PRECONDITION.withDescription(
                            "it means node '%s', this is '%s': correct cluster.nodes there"
                                    .formatted(asked.to(), node)),
                    observer);
        } else if (current == null) {
            observer.onError(Status.UNAVAILABLE
                    .withDescription("node '%s' is starting".formatted(node))
                    .asRuntimeException());
        } else {
            refusals.worked(remote);
            var _ = ask(current, asked.question()).whenComplete((answer, failure) -> send(observer, answer, failure));
        }
    }

    private void refuse(String remote, Status status, StreamObserver<byte[]> observer) {
        refusals.refused(remote, String.valueOf(status.getDescription()));
        observer.onError(status.asRuntimeException());
    }

    private CompletableFuture<PeerAnswer> ask(ElectorQuestions current, PeerQuestion question) {
        try {
            return switch (question) {
                case PeerQuestion.Word(var word) -> current.ask(word).thenApply(answer -> new Said(answer, wish.get()));
                case PeerQuestion.FramesAfter(var position) ->
                    current.framesAfter(position).thenApply(frames -> new PeerAnswer.Frames(clusterId, node, frames));
            };
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private static void send(
            StreamObserver<byte[]> observer, @Nullable PeerAnswer answer, @Nullable Throwable failure) {
        if (failure != null) {
            observer.onError(Status.UNAVAILABLE
                    .withDescription(Failures.unwrap(failure).toString())
                    .asRuntimeException());
        } else if (answer != null) {
            observer.onNext(PeerCallCodec.encode(answer));
            observer.onCompleted();
        }
    }
}
