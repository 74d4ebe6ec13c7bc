package io.netsy.etcd.election;

import io.grpc.stub.ServerCallStreamObserver;
import io.netsy.etcd.proto.election.LeaderResponse;
import java.util.ArrayDeque;
import java.util.Queue;

/** An observer's stream with what its client has not taken yet, which is bounded. For one thread at a time. */
final class LeaderStream {
    private static final long MAX_WAITING_BYTES = 1 << 20;

    private final ServerCallStreamObserver<LeaderResponse> call;
    private final Queue<LeaderResponse> waiting = new ArrayDeque<>();
    private long waitingBytes;

    LeaderStream(ServerCallStreamObserver<LeaderResponse> call) {
        this.call = call;
    }

    /** Says whom to tell that the client takes more, and that it has left; only in the handler. */
    void listen(Runnable onReady, Runnable onCancel) {
        call.setOnReadyHandler(onReady);
        call.setOnCancelHandler(onCancel);
    }

    /** Sends now or later; answers false, and does neither, when the client is too far behind. */
    boolean offer(LeaderResponse response) {
        if (!waiting.isEmpty() && waitingBytes + response.getSerializedSize() > MAX_WAITING_BYTES) {
            return false;
        }
        waiting.add(response);
        waitingBytes += response.getSerializedSize();
        drain();
        return true;
    }

    /** Sends what the client takes; answers whether that is all. */
    boolean drain() {
        while (!waiting.isEmpty() && call.isReady()) {
            LeaderResponse next = waiting.remove();
            waitingBytes -= next.getSerializedSize();
            call.onNext(next);
        }
        return waiting.isEmpty();
    }

    void end() {
        call.onCompleted();
    }
}
