package io.netsy.replication.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection so that the last words arrive: it stops sending, and throws away what still comes until the other
 * side closes too or a second has passed.
 *
 * <p>A socket that is closed while bytes wait to be read in it resets the connection, and a reset makes the other side
 * forget what it had not read: the reason of the end, or the alert of TLS. So this stands next to the socket, before TLS.
 */
final class LingeringClose extends ChannelDuplexHandler {
    private static final long LINGER_MILLIS = 1_000;

    private boolean lingering;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (lingering) {
            ReferenceCountUtil.release(message);
        } else {
            context.fireChannelRead(message);
        }
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        Channel channel = context.channel();
        if (!lingering && !(channel.isActive() && channel instanceof DuplexChannel)) {
            var _ = context.close(promise);
            return;
        }
        channel.closeFuture().addListener(_ -> promise.trySuccess());
        if (!lingering && channel instanceof DuplexChannel duplex) {
            lingering = true;
            var _ = duplex.shutdownOutput();
            Runnable force = () -> {
                var _ = context.close();
            };
            var _ = context.executor().schedule(force, LINGER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
