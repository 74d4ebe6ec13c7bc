package io.netsy.bench.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Hands one direction of a connection on, in order, each part a fixed time after it came. Stops reading while too much
 * waits, here or in the other side's buffer.
 *
 * <p>Both sides of a connection are on one event loop. Parts stay in order, since the loop runs tasks in the order of
 * their deadlines and these grow with the time of arrival.
 */
final class DelayedForwarder extends ChannelInboundHandlerAdapter {
    private static final long MOST_WAITING_BYTES = 64L << 20;

    private final Channel other;
    private final long delayNanos;
    private long waitingBytes;

    DelayedForwarder(Channel other, Duration delay) {
        this.other = other;
        this.delayNanos = delay.toNanos();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        int bytes = ((ByteBuf) message).readableBytes();
        waitingBytes += bytes;
        later(context, () -> forward(context, message, bytes));
        updateReading(context);
    }

    private void forward(ChannelHandlerContext context, Object message, int bytes) {
        waitingBytes -= bytes;
        if (!other.isActive()) {
            ReferenceCountUtil.release(message);
            var _ = context.close();
            return;
        }
        var _ = other.writeAndFlush(message);
        updateReading(context);
    }

    /** This side's buffer has filled or emptied: that decides whether the other side is read. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        ChannelHandlerContext source = other.pipeline().context(DelayedForwarder.class);
        if (source != null) {
            ((DelayedForwarder) source.handler()).updateReading(source);
        }
    }

    private void updateReading(ChannelHandlerContext context) {
        boolean room = waitingBytes < MOST_WAITING_BYTES && other.isWritable();
        if (context.channel().config().isAutoRead() != room) {
            context.channel().config().setAutoRead(room);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        later(context, () -> {
            var _ = other.close();
        });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        var _ = context.close();
    }

    private void later(ChannelHandlerContext context, Runnable step) {
        if (delayNanos == 0) {
            step.run();
        } else {
            var _ = context.executor().schedule(step, delayNanos, TimeUnit.NANOSECONDS);
        }
    }
}
