package io.netsy.etcd.server.rpc;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netsy.etcd.server.metrics.MethodMetrics;
import org.jspecify.annotations.Nullable;

/** A call as its handler sees it behind the gate: messages are typed, and counted. */
abstract class GatedCall<Q, R> extends ServerCall<Q, R> {
    final MethodMetrics metrics;
    private final ServerCall<Object, R> outer;
    private final MethodDescriptor<Q, R> method;

    GatedCall(ServerCall<Object, R> outer, MethodDescriptor<Q, R> method, MethodMetrics metrics) {
        this.outer = outer;
        this.method = method;
        this.metrics = metrics;
    }

    @Override
    public void request(int numMessages) {
        outer.request(numMessages);
    }

    @Override
    public void sendHeaders(Metadata headers) {
        outer.sendHeaders(headers);
    }

    @Override
    public void sendMessage(R message) {
        metrics.sent();
        outer.sendMessage(message);
    }

    @Override
    public void close(Status status, Metadata trailers) {
        outer.close(status, trailers);
    }

    @Override
    public boolean isReady() {
        return outer.isReady();
    }

    @Override
    public boolean isCancelled() {
        return outer.isCancelled();
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
