package io.netsy.etcd.server.web;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose request does not arrive in time, counted from its first byte, and one that stays idle
 * between requests. A client that sends a byte now and then holds a connection no longer than one that sends none.
 */
final class RequestDeadline extends ChannelInboundHandlerAdapter {
    private final Duration requestTimeout;
    private final Duration idleTimeout;
    private boolean idle;
    private @Nullable ScheduledFuture<?> timer;

    RequestDeadline(Duration requestTimeout, Duration idleTimeout) {
        this.requestTimeout = requestTimeout;
        this.idleTimeout = idleTimeout;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        arm(context, requestTimeout);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (idle) {
            idle = false;
            arm(context, requestTimeout);
        }
        context.fireChannelRead(message);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        disarm();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        disarm();
        context.fireChannelInactive();
    }

    /** The request is here; answering it takes as long as it takes. */
    void requestArrived() {
        disarm();
    }

    /** The answer is out; the next request may begin. */
    void awaitRequest(ChannelHandlerContext context) {
        idle = true;
        arm(context, idleTimeout);
    }

    private void arm(ChannelHandlerContext context, Duration timeout) {
        disarm();
        timer = context.executor()
                .schedule(
                        () -> {
                            var _ = context.close();
                        },
                        timeout.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void disarm() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
