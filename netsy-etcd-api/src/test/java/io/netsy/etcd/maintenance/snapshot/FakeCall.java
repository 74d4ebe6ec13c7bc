package io.netsy.etcd.maintenance.snapshot;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.netsy.etcd.proto.rpc.SnapshotResponse;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The server's end of a call whose connection takes as many messages as the test says. */
final class FakeCall extends ServerCallStreamObserver<SnapshotResponse> {
    final Queue<SnapshotResponse> sent = new ConcurrentLinkedQueue<>();
    final CountDownLatch ended = new CountDownLatch(1);
    volatile Status status = Status.UNKNOWN;

    /** Messages that were sent although the connection took none. */
    final AtomicLong pushed = new AtomicLong();

    private final AtomicLong demand = new AtomicLong();
    private volatile boolean cancelled;
    private volatile @Nullable Runnable onReady;
    private volatile @Nullable Runnable onCancel;

    /** The connection takes so many messages more. */
    void take(long messages) {
        demand.addAndGet(messages);
        run(onReady);
    }

    void cancel() {
        cancelled = true;
        run(onCancel);
    }

    private static void run(@Nullable Runnable handler) {
        if (handler != null) {
            handler.run();
        }
    }

    @Override
    public void onNext(SnapshotResponse message) {
        if (demand.getAndDecrement() <= 0) {
            pushed.incrementAndGet();
        }
        sent.add(message);
    }

    @Override
    public void onError(Throwable failure) {
        status = Status.fromThrowable(failure);
        ended.countDown();
    }

    @Override
    public void onCompleted() {
        status = Status.OK;
        ended.countDown();
    }

    @Override
    public boolean isReady() {
        return demand.get() > 0;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
        onReady = handler;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
        onCancel = handler;
    }

    @Override
    public void setOnReadyThreshold(int bytes) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}
}
