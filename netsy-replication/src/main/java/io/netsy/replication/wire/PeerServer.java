package io.netsy.replication.wire;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A listener for peers alone. Thread-safe. */
public final class PeerServer implements AutoCloseable {
    private final PeerAcceptor acceptor;
    private final Channel channel;

    private PeerServer(PeerAcceptor acceptor, Channel channel) {
        this.acceptor = acceptor;
        this.channel = channel;
    }

    /**
     * Opens the listener; blocks until it is open.
     *
     * @param group of an {@code NioIoHandler}; stays the caller's
     * @param tls asked for each connection, on its event loop, so that certificates may change; null for none
     * @throws IOException when the address can't be had
     */
    public static PeerServer listen(
            EventLoopGroup group, InetSocketAddress address, @Nullable Supplier<SslContext> tls, PeerAcceptor acceptor)
            throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new Accepting(tls, acceptor))
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("can't listen for peers at %s: %s; free it or configure another address"
                    .formatted(Channels.describe(address), bound.cause().getMessage()));
        }
        return new PeerServer(acceptor, bound.channel());
    }

    /** The address, with the port that was chosen. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** Closes the listener and all streams of its acceptor; does not wait for their farewells. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        acceptor.closeAll("this node stops");
    }

    private static final class Accepting extends ChannelInitializer<SocketChannel> {
        private final @Nullable Supplier<SslContext> tls;
        private final PeerAcceptor acceptor;

        Accepting(@Nullable Supplier<SslContext> tls, PeerAcceptor acceptor) {
            this.tls = tls;
            this.acceptor = acceptor;
        }

        @Override
        protected void initChannel(SocketChannel accepted) {
            ChannelPipeline pipeline = accepted.pipeline();
            if (tls != null) {
                Channels.encrypt(pipeline, Channels.accepting(pipeline, tls.get()), acceptor.settings());
            }
            acceptor.install(pipeline);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            acceptor.refused(context.channel().remoteAddress(), "this node failed: " + cause);
            var _ = context.close();
        }
    }
}
