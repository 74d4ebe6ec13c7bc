package io.netsy.etcd.server.rpc;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netsy.etcd.load.ConnectionLoad;
import io.netsy.etcd.server.metrics.MethodMetrics;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A call as its handler sees it behind the gate: messages are typed, and counted; and the server itself can end it while
 * its handler is writing.
 *
 * <p>Writes and the end exclude each other by a lock; what a handler writes after the end is dropped, since it can't
 * know of it yet. It learns of it as of a client that left: by {@code onCancel}.
 */
abstract class GatedCall<Q, R> extends ServerCall<Q, R> {
    final MethodMetrics metrics;
    private final ServerCall<Object, R> outer;
    private final MethodDescriptor<Q, R> method;
    private final ConnectionLoad load;
    private final Object lock = new Object();
    private boolean ended;
    private volatile boolean cut;

    GatedCall(ServerCall<Object, R> outer, MethodDescriptor<Q, R> method, MethodMetrics metrics) {
        this.outer = outer;
        this.method = method;
        this.metrics = metrics;
        this.load = ConnectionLoad.of(outer.getAttributes());
    }

    /** Called once, with the status that the call ended with. */
    abstract void countEnd(Status.Code code);

    /** Tells the handler that the call was cut. */
    abstract void cancelHandler();

    /** Whether the server ended the call without its handler. */
    final boolean isCut() {
        return cut;
    }

    /** Ends the call with a status unless it has ended, soon, on its connection's own thread. */
    final void cut(Status status) {
        Executor connectionThread = getAttributes().get(Connection.THREAD);
        if (connectionThread == null) {
            cutNow(status);
        } else {
            connectionThread.execute(() -> cutNow(status));
        }
    }

    /** The same at once, for whoever is on that thread. */
    final void cutNow(Status status) {
        synchronized (lock) {
            if (ended) {
                return;
            }
            cut = true;
            close(status, new Metadata());
        }
        cancelHandler();
    }

    /** The client gave up, or its connection is gone. */
    final void clientLeft() {
        synchronized (lock) {
            if (!ended) {
                ended = true;
                countEnd(Status.Code.CANCELLED);
            }
        }
    }

    @Override
    public void request(int numMessages) {
        if (!cut) {
            outer.request(numMessages);
        }
    }

    @Override
    public void sendHeaders(Metadata headers) {
        synchronized (lock) {
            if (!ended) {
                outer.sendHeaders(headers);
            }
        }
    }

    /** Writes nothing for a connection that is gone: it would be put into memory for nobody. */
    @Override
    public void sendMessage(R message) {
        synchronized (lock) {
            if (!ended && !load.isGone()) {
                metrics.sent();
                outer.sendMessage(message);
            }
        }
    }

    @Override
    public void close(Status status, Metadata trailers) {
        synchronized (lock) {
            if (!ended) {
                ended = true;
                countEnd(status.getCode());
                outer.close(load.isGone() ? Status.CANCELLED : status, trailers);
            }
        }
    }

    @Override
    public boolean isReady() {
        return !cut && outer.isReady();
    }

    @Override
    public boolean isCancelled() {
        return cut || load.isGone() || outer.isCancelled();
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        outer.setMessageCompression(enabled);
    }

    @Override
    public void setCompression(String compressor) {
        outer.setCompression(compressor);
    }

    @Override
    public void setOnReadyThreshold(int numBytes) {
        outer.setOnReadyThreshold(numBytes);
    }

    @Override
    public SecurityLevel getSecurityLevel() {
        return outer.getSecurityLevel();
    }

    @Override
    public Attributes getAttributes() {
        return outer.getAttributes();
    }

    @Override
    public @Nullable String getAuthority() {
        return outer.getAuthority();
    }

    @Override
    public MethodDescriptor<Q, R> getMethodDescriptor() {
        return method;
    }
}
