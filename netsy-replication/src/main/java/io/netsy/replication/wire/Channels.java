package io.netsy.replication.wire;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sets up the channels of streams, the same on both sides. Stateless. */
final class Channels {
    private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(128 << 10, 512 << 10);

    private Channels() {}

    /** Makes a stream of a channel that is connected, or will be. On its event loop. */
    static void install(ChannelPipeline pipeline, StreamHandler handler, WireSettings settings) {
        ChannelConfig config = pipeline.channel().config();
        config.setOption(ChannelOption.TCP_NODELAY, true);
        config.setOption(ChannelOption.SO_KEEPALIVE, true);
        config.setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS);
        lingerAtClose(pipeline);
        pipeline.addLast(new IdleStateHandler(settings.idleTimeout().toMillis(), 0, 0, TimeUnit.MILLISECONDS), handler);
    }

    /** Stands next to the socket; once. */
    static void lingerAtClose(ChannelPipeline pipeline) {
        if (pipeline.get(LingeringClose.class) == null) {
            pipeline.addFirst(new LingeringClose());
        }
    }

    /** Encrypts a channel; to be called before {@link #install}. */
    static void encrypt(ChannelPipeline pipeline, SslHandler tls, WireSettings settings) {
        tls.setHandshakeTimeoutMillis(settings.handshakeTimeout().toMillis());
        pipeline.addLast(tls);
    }

    /** The TLS of a connection that was accepted. */
    static SslHandler accepting(ChannelPipeline pipeline, SslContext context) {
        return context.newHandler(pipeline.channel().alloc());
    }

    /** An address without its port, without a look-up. */
    static String describeHost(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getHostString() : String.valueOf(address);
    }

    /** An address for people, without a look-up. */
    static String describe(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet.getHostString() + ":" + inet.getPort()
                : String.valueOf(address);
    }
}
