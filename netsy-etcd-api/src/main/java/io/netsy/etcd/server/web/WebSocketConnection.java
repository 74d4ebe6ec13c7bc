package io.netsy.etcd.server.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection that speaks WebSocket: one conversation, whose messages are those of a {@link WebSocketExchange}. */
final class WebSocketConnection extends ChannelDuplexHandler {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);

    private final WebSocketExchange exchange;

    WebSocketConnection(WebSocketExchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        switch (message) {
            case TextWebSocketFrame text -> exchange.message(bytesOf(text));
            case BinaryWebSocketFrame binary -> exchange.message(bytesOf(binary));
            case PingWebSocketFrame ping -> {
                var _ = context.writeAndFlush(
                        new PongWebSocketFrame(ping.content().retain()));
            }
            case CloseWebSocketFrame close -> {
                exchange.abandoned();
                context.writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
            }
            default -> {}
        }
        ReferenceCountUtil.release(message);
    }

    private static byte[] bytesOf(WebSocketFrame frame) {
        return ByteBufUtil.getBytes(frame.content());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        exchange.readComplete();
        context.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            exchange.writable();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        exchange.abandoned();
        context.fireChannelInactive();
    }

    /** Says so before it closes. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        exchange.abandoned();
        context.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE))
                .addListener(_ -> {
                    var _ = context.close(promise);
                });
    }

    /** Drops what is no part of WebSocket: gRPC's own commands to a connection that it takes for one of its. */
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof WebSocketFrame || message instanceof HttpObject || message instanceof ByteBuf) {
            var _ = context.write(message, promise);
        } else {
            ReferenceCountUtil.release(message);
            promise.setSuccess();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("closing a WebSocket peer={} reason={}", context.channel().remoteAddress(), cause.toString());
        exchange.abandoned();
        var _ = context.close();
    }
}
