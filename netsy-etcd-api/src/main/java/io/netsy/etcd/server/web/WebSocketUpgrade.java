package io.netsy.etcd.server.web;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;

/** Turns a connection that speaks HTTP/1.1 into a WebSocket (RFC 6455). */
final class WebSocketUpgrade {
    /** The one sub-protocol: what follows it in the client's list is a token. */
    private static final String BEARER = "Bearer";

    private WebSocketUpgrade() {}

    static boolean isWanted(HttpRequest request) {
        return request.method().equals(HttpMethod.GET)
                && request.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                && request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
    }

    /**
     * Shakes hands, puts a {@link WebSocketConnection} in the asking handler's place, and hands the conversation to the
     * request's handler. Takes the request over.
     */
    static void begin(ChannelHandlerContext context, FullHttpRequest request, HttpHandler handler, HttpLimits limits) {
        WebSocketServerHandshaker handshaker = new WebSocketServerHandshakerFactory(
                        request.uri(), BEARER, false, limits.maxBodyBytes())
                .newHandshaker(request);
        if (handshaker == null) {
            request.release();
            WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(context.channel())
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        ChannelPipeline pipeline = context.pipeline();
        WebSocketExchange exchange = new WebSocketExchange(context.channel(), request);
        try {
            var _ = handshaker.handshake(context.channel(), request);
        } catch (WebSocketHandshakeException refused) {
            request.release();
            var _ = context.close();
            return;
        }
        request.release();
        pipeline.replace(context.handler(), null, new WebSocketConnection(exchange));
        pipeline.addBefore(
                pipeline.context(WebSocketConnection.class).name(),
                null,
                new WebSocketFrameAggregator(limits.maxBodyBytes()));
        handler.handle(exchange);
    }
}
