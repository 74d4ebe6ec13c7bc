package io.netsy.etcd.maintenance.snapshot;

import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Whether a stream's connection takes more, for a thread that may wait for it. */
final class Demand {
    private final ServerCallStreamObserver<?> call;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private Demand(ServerCallStreamObserver<?> call) {
        this.call = call;
    }

    /** Listens to a call; only on the thread of its handler, before that returns. */
    static Demand of(ServerCallStreamObserver<?> call) {
        Demand demand = new Demand(call);
        call.setOnReadyHandler(demand::changed);
        call.setOnCancelHandler(demand::changed);
        return demand;
    }

    private void changed() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the connection takes more.
     *
     * @return whether it does; false when the time is over
     * @throws CancellationException when the client left
     */
    boolean await(Duration atMost) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = atMost.toNanos();
            while (!call.isReady() && nanos > 0) {
                checkCalled();
                nanos = changed.awaitNanos(nanos);
            }
            checkCalled();
            return call.isReady();
        } finally {
            lock.unlock();
        }
    }

    /** @throws CancellationException when the client left */
    void checkCalled() {
        if (call.isCancelled()) {
            throw new CancellationException("the client left");
        }
    }
}
