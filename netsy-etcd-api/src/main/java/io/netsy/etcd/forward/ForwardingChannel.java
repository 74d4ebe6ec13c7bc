package io.netsy.etcd.forward;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyChannelBuilder;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes channels to the peer listeners of other nodes, for {@link PrimaryRoute.Route.Remote}.
 *
 * <p>A channel connects when it is first used, and again by itself, to whatever address its host has by then. It sends
 * nothing twice. What comes back is handled on its event loops, so that nothing there may block.
 */
public final class ForwardingChannel {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /** The least that gRPC allows. */
    private static final Duration KEEPALIVE_TIME = Duration.ofSeconds(10);

    private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(5);
    private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;

    /** As the server takes them. */
    private static final int MAX_METADATA_BYTES = 1 << 20;

    private ForwardingChannel() {}

    /**
     * Where to, and by what.
     *
     * @param tls asked for each connection, on an event loop: it must not block; null for plaintext
     * @param eventLoops NIO ones to share; null for gRPC's own
     */
    public record Peer(
            String host,
            int port,
            @Nullable Supplier<SslContext> tls,
            @Nullable EventLoopGroup eventLoops) {
        /** A peer without TLS. */
        public static Peer plaintext(String host, int port) {
            return new Peer(host, port, null, null);
        }
    }

    /** The channel, which is the caller's to close. */
    public static ManagedChannel to(Peer peer) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(peer.host(), peer.port())
                .directExecutor()
                .disableRetry()
                .disableServiceConfigLookUp()
                .proxyDetector(address -> null)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(CONNECT_TIMEOUT.toMillis()))
                .withOption(ChannelOption.TCP_NODELAY, true)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .keepAliveTime(KEEPALIVE_TIME.toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        if (peer.eventLoops() != null) {
            builder.eventLoopGroup(peer.eventLoops()).channelType(NioSocketChannel.class);
        }
        if (peer.tls() == null) {
            builder.usePlaintext();
        } else {
            InternalNettyChannelBuilder.setProtocolNegotiatorFactory(builder, new NewestTls(peer.tls()));
        }
        return builder.build();
    }

    /** Makes each connection with the certificates of the moment. */
    private record NewestTls(Supplier<SslContext> contexts)
            implements InternalProtocolNegotiator.ClientFactory, InternalProtocolNegotiator.ProtocolNegotiator {
        private static final int HTTPS_PORT = 443;

        @Override
        public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator() {
            return this;
        }

        @Override
        public int getDefaultPort() {
            return HTTPS_PORT;
        }

        @Override
        public AsciiString scheme() {
            return AsciiString.cached("https");
        }

        @Override
        public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
            return InternalProtocolNegotiators.tls(contexts.get(), null, null).newHandler(grpc);
        }

        @Override
        public void close() {}
    }
}
