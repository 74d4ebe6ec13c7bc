package io.netsy.etcd.server.web;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that speaks HTTP/1.1: takes one request at a time, in order, within its limits.
 *
 * <p>While a request is being answered nothing more is read, so that a client can't pile up requests. All methods run
 * on the connection's event loop.
 */
public final class HttpConnection extends ChannelDuplexHandler {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);
    private static final int MAX_CHUNK_BYTES = 64 << 10;

    /** How many pipelined requests one read may bring before the connection is closed. */
    private static final int MAX_WAITING = 64;

    private final HttpHandler handler;
    private final RequestDeadline deadline;
    private final Queue<FullHttpRequest> waiting = new ArrayDeque<>();
    private @Nullable NettyExchange current;
    private boolean closing;

    private HttpConnection(HttpHandler handler, RequestDeadline deadline) {
        this.handler = handler;
        this.deadline = deadline;
    }

    /** Adds everything that speaks HTTP/1.1 at the end of a channel's pipeline. */
    public static void install(ChannelPipeline pipeline, HttpHandler handler, HttpLimits limits) {
        RequestDeadline deadline = new RequestDeadline(limits.requestTimeout(), limits.idleTimeout());
        pipeline.addLast(deadline)
                .addLast(new WriteTimeoutHandler(limits.writeTimeout().toMillis(), TimeUnit.MILLISECONDS))
                .addLast(new HttpServerCodec(limits.maxLineBytes(), limits.maxHeaderBytes(), MAX_CHUNK_BYTES))
                .addLast(new BodyCollector(limits.maxBodyBytes()))
                .addLast(new HttpConnection(handler, deadline));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof FullHttpRequest request)) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (closing || waiting.size() >= MAX_WAITING) {
            request.release();
            var _ = context.close();
        } else if (current != null) {
            waiting.add(request);
        } else {
            begin(context, request);
        }
    }

    private void begin(ChannelHandlerContext context, FullHttpRequest request) {
        deadline.requestArrived();
        boolean malformed = request.decoderResult().isFailure();
        NettyExchange exchange = new NettyExchange(context, this, request, malformed);
        current = exchange;
        context.channel().config().setAutoRead(false);
        if (malformed) {
            exchange.respond(refusal(request.decoderResult().cause()));
            request.release();
            return;
        }
        request.release();
        try {
            handler.handle(exchange);
        } catch (RuntimeException failure) {
            LOG.error("a handler failed method={} path={}", exchange.method(), exchange.path(), failure);
            exchange.respond(HttpReply.text(500, "netsy: internal error; see the node's log\n"));
        }
    }

    /** The answer is out: take the next request, or close. */
    void answered(ChannelHandlerContext context, boolean keepAlive) {
        current = null;
        if (closing || !keepAlive) {
            closing = true;
            var _ = context.close();
            return;
        }
        FullHttpRequest next = waiting.poll();
        if (next == null) {
            deadline.awaitRequest(context);
            context.channel().config().setAutoRead(true);
        } else {
            begin(context, next);
        }
    }

    /** Lets an open answer finish before it closes. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (current == null || closing) {
            var _ = context.close(promise);
        } else {
            closing = true;
            current.hurry();
            context.channel().closeFuture().addListener(_ -> promise.trySuccess());
        }
    }

    /** Drops what is no part of HTTP: gRPC's own commands to a connection that it takes for one of its. */
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpObject) {
            var _ = context.write(message, promise);
        } else {
            ReferenceCountUtil.release(message);
            promise.setSuccess();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        waiting.forEach(FullHttpRequest::release);
        waiting.clear();
        if (current != null) {
            current.abandoned();
            current = null;
        }
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("closing an HTTP connection peer={} reason={}", peer(context.channel()), cause.toString());
        var _ = context.close();
    }

    private static String peer(Channel channel) {
        return String.valueOf(channel.remoteAddress());
    }

    private static HttpReply refusal(Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException _ -> HttpReply.text(414, "URI Too Long\n");
            case TooLongHttpHeaderException _ -> HttpReply.text(431, "Request Header Fields Too Large\n");
            default -> HttpReply.text(400, "400 Bad Request\n");
        };
    }

    static byte[] bodyOf(FullHttpRequest request) {
        return ByteBufUtil.getBytes(request.content());
    }

    static boolean keepsAlive(FullHttpRequest request) {
        return HttpUtil.isKeepAlive(request) && request.protocolVersion().equals(HttpVersion.HTTP_1_1);
    }
}
