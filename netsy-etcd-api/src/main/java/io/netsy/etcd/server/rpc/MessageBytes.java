package io.netsy.etcd.server.rpc;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.netsy.etcd.server.metrics.RpcMetrics;

/** Counts the bytes of all messages. One tracer serves every call, so that counting allocates nothing. */
public final class MessageBytes extends ServerStreamTracer.Factory {
    private final ServerStreamTracer tracer;

    public MessageBytes(RpcMetrics metrics) {
        tracer = new ServerStreamTracer() {
            @Override
            public void inboundUncompressedSize(long bytes) {
                metrics.receivedBytes(bytes);
            }

            @Override
            public void outboundUncompressedSize(long bytes) {
                metrics.sentBytes(bytes);
            }
        };
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return tracer;
    }
}
