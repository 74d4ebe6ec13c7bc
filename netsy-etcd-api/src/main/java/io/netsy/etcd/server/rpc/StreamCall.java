package io.netsy.etcd.server.rpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netsy.etcd.server.metrics.MethodMetrics;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A streaming call that the server itself can end while its handler is writing.
 *
 * <p>Writes and the end exclude each other by a lock; what a handler writes after the end is dropped, since it can't
 * know of it yet. The handler learns of it as of a client that left: by {@code onCancel}.
 */
final class StreamCall<Q, R> extends GatedCall<Q, R> {
    private final boolean needsLeader;
    private final Object lock = new Object();
    private boolean ended;
    private volatile boolean cut;
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

    /** Ends the call with a status, soon, on its connection's own thread. */
    void cut(Status status) {
        Executor connectionThread = getAttributes().get(Connection.THREAD);
        if (connectionThread == null) {
            cutNow(status);
        } else {
            connectionThread.execute(() -> cutNow(status));
        }
    }

    private void cutNow(Status status) {
        synchronized (lock) {
            if (ended) {
                return;
            }
            cut = true;
            close(status, new Metadata());
        }
        Listener<Q> opened = listener;
        if (opened != null) {
            opened.cancelHandler();
        }
    }

    @Override
    public void request(int numMessages) {
        if (!cut) {
            super.request(numMessages);
        }
    }

    @Override
    public void sendHeaders(Metadata headers) {
        synchronized (lock) {
            if (!ended) {
                super.sendHeaders(headers);
            }
        }
    }

    @Override
    public void sendMessage(R message) {
        synchronized (lock) {
            if (!ended) {
                super.sendMessage(message);
            }
        }
    }

    @Override
    public void close(Status status, Metadata trailers) {
        synchronized (lock) {
            if (!ended) {
                ended = true;
                metrics.handled(status.getCode());
                super.close(status, trailers);
            }
        }
    }

    @Override
    public boolean isReady() {
        return !cut && super.isReady();
    }

    @Override
    public boolean isCancelled() {
        return cut || super.isCancelled();
    }

    private void clientLeft() {
        synchronized (lock) {
            if (!ended) {
                ended = true;
                metrics.handled(Status.Code.CANCELLED);
            }
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
            if (call.cut) {
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
            if (!call.cut) {
                guard(handler::onHalfClose);
            }
        }

        @Override
        public void onReady() {
            if (!call.cut) {
                guard(handler::onReady);
            }
        }

        @Override
        public void onCancel() {
            streams.remove(call);
            if (!call.cut) {
                call.clientLeft();
                handler.onCancel();
            }
        }

        @Override
        public void onComplete() {
            streams.remove(call);
            if (!call.cut) {
                handler.onComplete();
            }
        }

        private void cancelHandler() {
            handler.onCancel();
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
