package io.netsy.node.peer;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netsy.node.election.NodeCalls;
import io.netsy.node.role.PeerCalls;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.ElectorMessage.Fenced;
import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.core.ElectorMessage.FromNode;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Ping;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.wire.PeerAnswer;
import io.netsy.replication.wire.PeerAnswer.Frames;
import io.netsy.replication.wire.PeerAnswer.Said;
import io.netsy.replication.wire.PeerCallCodec;
import io.netsy.replication.wire.PeerQuestion;
import io.netsy.replication.wire.PeerQuestion.Addressed;
import io.netsy.replication.wire.WireException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Asks other nodes, over one channel to each. Every call is sent once and has its own time. Safe for any thread. */
public final class PeerChannels implements PeerCalls, NodeCalls, AutoCloseable {
    /** A primary that was picked fetches about a mebibyte with each. */
    private static final Duration FRAMES_PATIENCE = Duration.ofSeconds(3);

    /** Nobody waits meanwhile, and it may be the first question over this channel. */
    private static final Duration HEALTH_PATIENCE = Duration.ofSeconds(2);

    private final UUID clusterId;
    private final Map<String, PeerChannel> channels = new ConcurrentHashMap<>();
    private final Function<String, ManagedChannel> connect;
    private final LongSupplier nanoTime;
    private final Refusals refusals = new Refusals("no answer from node");

    /**
     * Channels are made when they are first used.
     *
     * @param connect makes the channel to a node, which is closed here; it throws IllegalArgumentException for one without an address
     * @param nanoTime never goes back
     */
    public PeerChannels(UUID clusterId, Function<String, ManagedChannel> connect, LongSupplier nanoTime) {
        this.clusterId = clusterId;
        this.connect = connect;
        this.nanoTime = nanoTime;
    }

    private @Nullable PeerChannel channelTo(String node) {
        try {
            return channels.computeIfAbsent(node, name -> new PeerChannel(connect.apply(name), nanoTime));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The node may be elsewhere now: the next question connects anew. */
    public void forget(String node) {
        PeerChannel channel = channels.remove(node);
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public CompletableFuture<Said> ask(String node, FromElector word, Duration patience) {
        return call(node, new PeerQuestion.Word(word), patience, answer -> {
            if (!(answer instanceof Said said)) {
                throw unexpected("frames for an elector's word");
            }
            Identity identity = identity(said.word());
            verify(node, identity.clusterId(), identity.nodeId());
            return said;
        });
    }

    @Override
    public CompletableFuture<List<Frame>> framesAfter(String node, LogPosition position) {
        return call(node, new PeerQuestion.FramesAfter(position), FRAMES_PATIENCE, answer -> {
            if (!(answer instanceof Frames frames)) {
                throw unexpected("a word for frames");
            }
            verify(node, frames.clusterId(), frames.from());
            return frames.frames();
        });
    }

    @Override
    public CompletableFuture<Health> health(String node) {
        return ask(node, Ping.ASKING, HEALTH_PATIENCE).thenApply(said -> {
            if (!(said.word() instanceof Health health)) {
                throw unexpected("another word for a sign of life");
            }
            return health;
        });
    }

    private static Identity identity(FromNode word) {
        return switch (word) {
            case Health health -> health.identity();
            case Fenced fenced -> fenced.identity();
            case Tail tail -> tail.identity();
        };
    }

    private void verify(String node, UUID answeredCluster, String answeredBy) {
        if (!answeredCluster.equals(clusterId)) {
            throw unexpected("it is of cluster %s, this is %s".formatted(answeredCluster, clusterId));
        }
        if (!answeredBy.equals(node)) {
            throw unexpected("'%s' answered: correct cluster.nodes here".formatted(answeredBy));
        }
    }

    private static StatusRuntimeException unexpected(String what) {
        return Status.FAILED_PRECONDITION.withDescription(what).asRuntimeException();
    }

    private <T> CompletableFuture<T> call(
            String node, PeerQuestion question, Duration patience, Function<PeerAnswer, T> expected) {
        PeerChannel channel = channelTo(node);
        if (channel == null) {
            return CompletableFuture.failedFuture(unexpected("'%s' is no node of the cluster".formatted(node)));
        }
        byte[] bytes = PeerCallCodec.encode(new Addressed(clusterId, node, question));
        return channel.ask(bytes, patience).thenApply(expected).whenComplete((done, failure) -> {
            if (failure == null) {
                refusals.worked(node);
            } else {
                refusals.refused(node, PeerChannel.reason(failure));
            }
        });
    }

    @Override
    public void close() {
        channels.values().forEach(PeerChannel::close);
    }

    /** One question on its way. */
    record Pending(CompletableFuture<PeerAnswer> answer) implements StreamObserver<byte[]> {
        @Override
        public void onNext(byte[] bytes) {
            try {
                answer.complete(PeerCallCodec.decodeAnswer(bytes));
            } catch (WireException malformed) {
                answer.completeExceptionally(unexpected(String.valueOf(malformed.getMessage())));
            }
        }

        @Override
        public void onError(Throwable failure) {
            answer.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            answer.completeExceptionally(unexpected("no answer in the answer"));
        }

        static void send(ManagedChannel channel, byte[] question, Duration patience, Pending pending) {
            ClientCalls.asyncUnaryCall(
                    channel.newCall(
                            PeerMethod.ASK,
                            CallOptions.DEFAULT.withDeadlineAfter(patience.toNanos(), TimeUnit.NANOSECONDS)),
                    question,
                    pending);
        }
    }
}
