package io.netsy.etcd.server.rpc;

import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netsy.etcd.server.metrics.MethodMetrics;
import org.jspecify.annotations.Nullable;

/**
 * A call of one question and one answer, counted and timed.
 *
 * <p>The handler may answer on any thread. The end is counted once: by the answer, by the client giving up, or by the
 * server that stops.
 */
final class UnaryCall<Q, R> extends GatedCall<Q, R> {
    private final SlowCalls slowCalls;
    private final OpenCalls openCalls;
    private final long startedNanos;
    private volatile @Nullable Listener<Q> listener;

    UnaryCall(
            ServerCall<Object, R> outer,
            MethodDescriptor<Q, R> method,
            MethodMetrics metrics,
            SlowCalls slowCalls,
            OpenCalls openCalls) {
        super(outer, method, metrics);
        this.slowCalls = slowCalls;
        this.openCalls = openCalls;
        this.startedNanos = slowCalls.now();
    }

    void opened(Listener<Q> openedListener) {
        listener = openedListener;
    }

    @Override
    void countEnd(Status.Code code) {
        openCalls.remove(this);
        metrics.handled(code);
        slowCalls.ended(getMethodDescriptor().getFullMethodName(), startedNanos, code);
    }

    @Override
    void cancelHandler() {
        Listener<Q> opened = listener;
        if (opened != null) {
            opened.handler.onCancel();
        }
    }

    /** Counts what arrives, and answers for bytes that are no message and for a handler that throws. */
    static final class Listener<Q> extends ServerCall.Listener<Object> {
        private final ServerCall.Listener<Q> handler;
        private final UnaryCall<Q, ?> call;

        Listener(ServerCall.Listener<Q> handler, UnaryCall<Q, ?> call) {
            this.handler = handler;
            this.call = call;
        }

        // What is not Malformed was read by the marshaller of Q.
        @SuppressWarnings("unchecked")
        @Override
        public void onMessage(Object message) {
            if (call.isCut()) {
                return;
            }
            call.metrics.received();
            if (message instanceof Malformed bytes) {
                call.cutNow(bytes.status());
            } else {
                handler.onMessage((Q) message);
            }
        }

        @Override
        public void onHalfClose() {
            if (call.isCut()) {
                return;
            }
            try {
                handler.onHalfClose();
            } catch (RuntimeException failure) {
                call.cutNow(Failures.statusOf(failure, call));
            }
        }

        @Override
        public void onCancel() {
            if (!call.isCut()) {
                call.clientLeft();
                handler.onCancel();
            }
        }

        @Override
        public void onComplete() {
            if (!call.isCut()) {
                handler.onComplete();
            }
        }

        @Override
        public void onReady() {
            if (!call.isCut()) {
                handler.onReady();
            }
        }
    }
}
