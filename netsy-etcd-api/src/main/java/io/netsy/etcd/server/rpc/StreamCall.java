package io.netsy.etcd.server.rpc;

import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netsy.etcd.server.metrics.MethodMetrics;
import org.jspecify.annotations.Nullable;

/** A streaming call, which the server may cut when there is no leader or when it stops. */
final class StreamCall<Q, R> extends GatedCall<Q, R> {
    private final boolean needsLeader;
    private volatile @Nullable Listener<Q> listener;

    StreamCall(ServerCall<Object, R> outer, MethodDescriptor<Q, R> method, MethodMetrics metrics, boolean needsLeader) {
        super(outer, method, metrics);
        this.needsLeader = needsLeader;
    }

    void opened(Listener<Q> openedListener) {
        listener = openedListener;
    }

    /** Whether the client asked to be cut off when there is no leader. */
    boolean needsLeader() {
        return needsLeader;
    }

    @Override
    void countEnd(Status.Code code) {
        metrics.handled(code);
    }

    @Override
    void cancelHandler() {
        Listener<Q> opened = listener;
        if (opened != null) {
            opened.handler.onCancel();
        }
    }

    /** Counts what arrives, tells the handler of the end once, and answers for it when it throws. */
    static final class Listener<Q> extends ServerCall.Listener<Object> {
        private final ServerCall.Listener<Q> handler;
        private final StreamCall<Q, ?> call;
        private final OpenStreams streams;

        Listener(ServerCall.Listener<Q> handler, StreamCall<Q, ?> call, OpenStreams streams) {
            this.handler = handler;
            this.call = call;
            this.streams = streams;
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
                guard(() -> handler.onMessage((Q) message));
            }
        }

        @Override
        public void onHalfClose() {
            if (!call.isCut()) {
                guard(handler::onHalfClose);
            }
        }

        @Override
        public void onReady() {
            if (!call.isCut()) {
                guard(handler::onReady);
            }
        }

        @Override
        public void onCancel() {
            streams.remove(call);
            if (!call.isCut()) {
                call.clientLeft();
                handler.onCancel();
            }
        }

        @Override
        public void onComplete() {
            streams.remove(call);
            if (!call.isCut()) {
                handler.onComplete();
            }
        }

        private void guard(Runnable delivery) {
            try {
                delivery.run();
            } catch (RuntimeException failure) {
                call.cutNow(Failures.statusOf(failure, call));
            }
        }
    }
}
