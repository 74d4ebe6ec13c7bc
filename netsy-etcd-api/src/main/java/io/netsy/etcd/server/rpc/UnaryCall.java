package io.netsy.etcd.server.rpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netsy.etcd.server.metrics.MethodMetrics;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A call of one question and one answer, counted and timed.
 *
 * <p>The handler may answer on any thread. The end is counted once: by the answer, or by the client giving up.
 */
final class UnaryCall<Q, R> extends GatedCall<Q, R> {
    private final SlowCalls slowCalls;
    private final long startedNanos;
    private final AtomicBoolean ended = new AtomicBoolean();

    UnaryCall(ServerCall<Object, R> outer, MethodDescriptor<Q, R> method, MethodMetrics metrics, SlowCalls slowCalls) {
        super(outer, method, metrics);
        this.slowCalls = slowCalls;
        this.startedNanos = slowCalls.now();
    }

    @Override
    public void close(Status status, Metadata trailers) {
        ended(status.getCode());
        super.close(status, trailers);
    }

    /** Closes the call unless its handler has done so. */
    private void refuse(Status status) {
        if (ended(status.getCode())) {
            super.close(status, new Metadata());
        }
    }

    private boolean ended(Status.Code code) {
        boolean first = ended.compareAndSet(false, true);
        if (first) {
            metrics.handled(code);
            slowCalls.ended(getMethodDescriptor().getFullMethodName(), startedNanos, code);
        }
        return first;
    }

    /** Counts what arrives, and answers for bytes that are no message and for a handler that throws. */
    static final class Listener<Q> extends ServerCall.Listener<Object> {
        private final ServerCall.Listener<Q> handler;
        private final UnaryCall<Q, ?> call;
        private boolean malformed;

        Listener(ServerCall.Listener<Q> handler, UnaryCall<Q, ?> call) {
            this.handler = handler;
            this.call = call;
        }

        // What is not Malformed was read by the marshaller of Q.
        @SuppressWarnings("unchecked")
        @Override
        public void onMessage(Object message) {
            call.metrics.received();
            if (message instanceof Malformed bytes) {
                malformed = true;
                call.refuse(bytes.status());
            } else {
                handler.onMessage((Q) message);
            }
        }

        @Override
        public void onHalfClose() {
            if (malformed) {
                return;
            }
            try {
                handler.onHalfClose();
            } catch (RuntimeException failure) {
                call.refuse(Failures.statusOf(failure, call));
            }
        }

        @Override
        public void onCancel() {
            call.ended(Status.Code.CANCELLED);
            handler.onCancel();
        }

        @Override
        public void onComplete() {
            handler.onComplete();
        }

        @Override
        public void onReady() {
            handler.onReady();
        }
    }
}
