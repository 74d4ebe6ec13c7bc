package io.netsy.node.peer;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.netsy.etcd.rpc.Failures;
import io.netsy.node.peer.PeerChannels.Pending;
import io.netsy.replication.wire.PeerAnswer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The channel to one node. gRPC's own patience with a node that is gone grows to minutes, and TCP's with a network that was cut grows
 * with the cut; an elector needs to know sooner that either is back. So each question tries to connect anew where there is no
 * connection, and one on which nothing was answered for a while is left for another.
 */
final class PeerChannel implements AutoCloseable {
    private static final long STUCK_NANOS = Duration.ofSeconds(1).toNanos();

    private final ManagedChannel channel;
    private final LongSupplier nanoTime;

    /** When the connection was last known to be good, or was left. */
    private final AtomicLong goodNanos;

    PeerChannel(ManagedChannel channel, LongSupplier nanoTime) {
        this.channel = channel;
        this.nanoTime = nanoTime;
        this.goodNanos = new AtomicLong(nanoTime.getAsLong());
    }

    CompletableFuture<PeerAnswer> ask(byte[] question, Duration patience) {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff();
        }
        CompletableFuture<PeerAnswer> answer = new CompletableFuture<>();
        var _ = answer.whenComplete((done, failure) -> note(failure));
        Pending.send(channel, question, patience, new Pending(answer));
        return answer;
    }

    private void note(@Nullable Throwable failure) {
        long now = nanoTime.getAsLong();
        boolean silent = failure != null && Status.fromThrowable(failure).getCode() == Status.Code.DEADLINE_EXCEEDED;
        if (!silent) {
            goodNanos.set(now);
            return;
        }
        long good = goodNanos.get();
        if (now - good >= STUCK_NANOS && goodNanos.compareAndSet(good, now)) {
            channel.enterIdle();
        }
    }

    /** Why there was no answer, without what is another each time. */
    static String reason(Throwable failure) {
        Status status = Status.fromThrowable(Failures.unwrap(failure));
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return "it is silent";
        }
        String description = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        Throwable root = status.getCause();
        return root == null ? description : "%s: %s".formatted(description, root.getMessage());
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
