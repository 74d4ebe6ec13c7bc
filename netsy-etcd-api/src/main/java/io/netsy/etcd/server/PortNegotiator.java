package io.netsy.etcd.server;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator;
import io.netsy.etcd.load.ClientLoad;
import io.netsy.etcd.load.ConnectionLoad;
import io.netsy.etcd.server.tls.ListenerTls;
import io.netsy.etcd.server.web.HttpConnection;
import io.netsy.etcd.server.web.HttpHandler;
import io.netsy.etcd.server.web.HttpLimits;
import io.netty.channel.Channel;
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
    private final ClientLoad clients;
    private final @Nullable OtherProtocol other;

    PortNegotiator(
            @Nullable ListenerTls tls,
            HttpHandler http,
            HttpLimits httpLimits,
            ClientLoad clients,
            @Nullable OtherProtocol other) {
        this.other = other;
        this.tls = tls;
        this.http = http;
        this.httpLimits = httpLimits;
        this.clients = clients;
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

        /** A connection was made, of which nothing is known yet. */
        void opened(Channel channel) {
            var _ = ClientConnection.loadOf(channel, clients);
        }

        /** Puts gRPC in the place of the asking handler. */
        void speakGrpc(ChannelHandlerContext context) {
            GrpcConnection.begin(context, grpc, ClientConnection.loadOf(context.channel(), clients));
        }

        /** The protocol beside gRPC and HTTP; null for none. */
        @Nullable
        OtherProtocol other() {
            return other;
        }

        /** Puts the other protocol in the place of the asking handler and of what gRPC had put behind it. */
        void speakOther(ChannelHandlerContext context, OtherProtocol spoken) {
            ChannelPipeline pipeline = context.pipeline();
            while (!context.handler().equals(pipeline.last())) {
                pipeline.removeLast();
            }
            spoken.install(pipeline);
            pipeline.remove(context.handler());
        }

        /** Puts HTTP/1.1 in the place of the asking handler and of what gRPC had put behind it. */
        void speakHttp(ChannelHandlerContext context) {
            ChannelPipeline pipeline = context.pipeline();
            while (!context.handler().equals(pipeline.last())) {
                pipeline.removeLast();
            }
            ConnectionLoad load = ClientConnection.loadOf(context.channel(), clients);
            pipeline.addLast(new HttpLoad(load));
            HttpConnection.install(pipeline, http, httpLimits, load);
            pipeline.remove(context.handler());
        }
    }
}
