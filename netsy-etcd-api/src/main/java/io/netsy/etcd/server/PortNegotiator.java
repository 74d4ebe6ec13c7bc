package io.netsy.etcd.server;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator;
import io.netsy.etcd.server.tls.ListenerTls;
import io.netsy.etcd.server.web.HttpConnection;
import io.netsy.etcd.server.web.HttpHandler;
import io.netsy.etcd.server.web.HttpLimits;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Decides for each connection of the client port whether it speaks gRPC or HTTP/1.1 (etcd semantics, section 1).
 *
 * <p>gRPC builds a transport for every connection and asks its negotiator for the handler that comes first. Plaintext
 * connections are told apart by their first bytes, TLS ones by ALPN, and by their first bytes when the client offered
 * none. For gRPC the negotiation goes on as gRPC's own; for HTTP/1.1 gRPC's handlers leave the pipeline. gRPC's
 * handshake timeout bounds all of it.
 */
final class PortNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
    private final @Nullable ListenerTls tls;
    private final HttpHandler http;
    private final HttpLimits httpLimits;

    PortNegotiator(@Nullable ListenerTls tls, HttpHandler http, HttpLimits httpLimits) {
        this.tls = tls;
        this.http = http;
        this.httpLimits = httpLimits;
    }

    @Override
    public AsciiString scheme() {
        return AsciiString.cached(tls == null ? "http" : "https");
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
        Protocols protocols = new Protocols(grpc);
        return tls == null ? new ProtocolSniffer(protocols) : new TlsGate(tls, protocols);
    }

    @Override
    public void close() {}

    /** The two ways on from the point where a connection's protocol is known. */
    final class Protocols {
        private final GrpcHttp2ConnectionHandler grpc;

        private Protocols(GrpcHttp2ConnectionHandler grpc) {
            this.grpc = grpc;
        }

        /** Puts gRPC in the place of the asking handler. */
        void speakGrpc(ChannelHandlerContext context) {
            GrpcConnection.begin(context, grpc);
        }

        /** Puts HTTP/1.1 in the place of the asking handler and of what gRPC had put behind it. */
        void speakHttp(ChannelHandlerContext context) {
            ChannelPipeline pipeline = context.pipeline();
            while (!context.handler().equals(pipeline.last())) {
                pipeline.removeLast();
            }
            HttpConnection.install(pipeline, http, httpLimits);
            pipeline.remove(context.handler());
        }
    }
}
