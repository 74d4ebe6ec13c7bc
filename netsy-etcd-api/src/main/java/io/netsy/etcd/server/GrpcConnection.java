package io.netsy.etcd.server;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.SecurityLevel;
import io.grpc.internal.GrpcAttributes;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.netsy.etcd.load.ConnectionLoad;
import io.netsy.etcd.server.rpc.Connection;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;

/** Hands a connection over to gRPC. */
final class GrpcConnection {
    private GrpcConnection() {}

    /**
     * Replaces the handler with gRPC's.
     *
     * <ol>
     *   <li>Put gRPC's handler in place, between those that account for what comes and goes, and the one that words
     *       oversized messages.
     *   <li>Tell gRPC who is at the other end, which releases what it has buffered.
     *   <li>Take the asking handler out, which passes on the bytes that it has read.
     * </ol>
     */
    static void begin(ChannelHandlerContext context, GrpcHttp2ConnectionHandler grpc, ConnectionLoad load) {
        ChannelPipeline pipeline = context.pipeline();
        pipeline.addAfter(context.name(), null, grpc);
        pipeline.addAfter(context.name(), null, Http2Load.of(grpc, load));
        pipeline.addLast(new OutboundLoad(load));
        pipeline.addLast(OversizedMessageText.HANDLER);
        grpc.handleProtocolNegotiationCompleted(attributes(context, load), null);
        pipeline.remove(context.handler());
    }

    private static Attributes attributes(ChannelHandlerContext context, ConnectionLoad load) {
        SslHandler ssl = context.pipeline().get(SslHandler.class);
        Attributes.Builder builder = Attributes.newBuilder()
                .set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, context.channel().localAddress())
                .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, context.channel().remoteAddress())
                .set(Connection.THREAD, context.executor())
                .set(ConnectionLoad.KEY, load)
                .set(
                        GrpcAttributes.ATTR_SECURITY_LEVEL,
                        ssl == null ? SecurityLevel.NONE : SecurityLevel.PRIVACY_AND_INTEGRITY);
        if (ssl != null) {
            builder.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, ssl.engine().getSession());
        }
        return builder.build();
    }
}
