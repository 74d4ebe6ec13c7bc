package io.netsy.replication.wire;

import io.netsy.replication.core.PeerMessage;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens streams to primaries, for a standby. Each call is one attempt; trying again is the caller's. Of attempts that fail for
 * the same reason the log has the first. Thread-safe.
 *
 * <p>The name of the host is looked up on a thread of its own, since a look-up blocks.
 */
public final class PeerClient {
    private final EventLoopGroup group;
    private final WireSettings settings;
    private final @Nullable Supplier<SslContext> tls;
    private final News news = new News();

    /**
     * @param group of an {@code NioIoHandler}; stays the caller's
     * @param tls asked for each connection, on a thread that may block; null for none. Whether the name in the primary's
     *     certificate is held against the host is the context's affair.
     */
    public PeerClient(EventLoopGroup group, WireSettings settings, @Nullable Supplier<SslContext> tls) {
        this.group = group;
        this.settings = settings;
        this.tls = tls;
    }

    /**
     * Connects and says hello. Returns at once; the stream may be used and closed before it is connected.
     *
     * @throws IllegalArgumentException when the hello is longer than a primary would take
     */
    public PeerStream connect(String host, int port, PeerMessage.Hello hello, PrimaryListener listener) {
        Outgoing greeting = MessageWriter.encode(hello);
        EventLoop loop = group.next();
        String remote = host + ":" + port;
        StreamHandler handler = new StreamHandler(loop, remote, new ConnectedSide(listener), settings, news.of(remote));
        handler.stream().enqueue(MessageWriter.preamble());
        handler.stream().enqueue(greeting);
        Thread.ofVirtual().name("peer-connect").start(() -> dial(loop, host, port, handler));
        return handler.stream();
    }

    private void dial(EventLoop loop, String host, int port, StreamHandler handler) {
        try {
            InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                fail(handler, "the name is not known");
                return;
            }
            SslContext context = tls == null ? null : tls.get();
            bootstrap(loop, new Connecting(host, port, context, handler))
                    .connect(address)
                    .addListener(result -> {
                        if (!result.isSuccess()) {
                            fail(handler, describe(result.cause()));
                        }
                    });
        } catch (RuntimeException failure) {
            fail(handler, describe(failure));
        }
    }

    private Bootstrap bootstrap(EventLoop loop, Connecting connecting) {
        long timeoutMillis = Math.min(settings.handshakeTimeout().toMillis(), Integer.MAX_VALUE);
        return new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeoutMillis)
                .handler(connecting);
    }

    private static String describe(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private static void fail(StreamHandler handler, String cause) {
        ChannelStream stream = handler.stream();
        stream.onLoop(() -> handler.failed("can't connect to %s: %s".formatted(stream.remote(), cause)));
    }

    private final class Connecting extends ChannelInitializer<SocketChannel> {
        private final String host;
        private final int port;
        private final @Nullable SslContext context;
        private final StreamHandler handler;

        Connecting(String host, int port, @Nullable SslContext context, StreamHandler handler) {
            this.host = host;
            this.port = port;
            this.context = context;
            this.handler = handler;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            if (context != null) {
                Channels.encrypt(channel.pipeline(), context.newHandler(channel.alloc(), host, port), settings);
            }
            Channels.install(channel.pipeline(), handler, settings);
        }
    }

    /** The stream, as the standby sees it. */
    private record ConnectedSide(PrimaryListener listener) implements Side {
        @Override
        public Phase firstPhase() {
            return Phase.BEGIN;
        }

        @Override
        public void received(PeerStream stream, PeerMessage message) {
            listener.onMessage(stream, (PeerMessage.FromPrimary) message);
        }

        @Override
        public void closed(PeerStream stream, String reason) {
            listener.onClosed(reason);
        }
    }
}
