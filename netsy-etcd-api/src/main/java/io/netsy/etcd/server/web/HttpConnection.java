package io.netsy.etcd.server.web;

import io.netsy.etcd.load.ConnectionLoad;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
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
    private final HttpLimits limits;
    private final ConnectionLoad load;
    private final Queue<FullHttpRequest> waiting = new ArrayDeque<>();
    private @Nullable NettyExchange current;
    private boolean closing;

    private HttpConnection(HttpHandler handler, RequestDeadline deadline, HttpLimits limits, ConnectionLoad load) {
        this.handler = handler;
        this.deadline = deadline;
        this.limits = limits;
        this.load = load;
    }

    /**
     * Adds everything that speaks HTTP/1.1 at the end of a channel's pipeline.
     *
     * @param load is told of requests as of calls
     */
    public static void install(ChannelPipeline pipeline, HttpHandler handler, HttpLimits limits, ConnectionLoad load) {
        RequestDeadline deadline = new RequestDeadline(limits.requestTimeout(), limits.idleTimeout());
        pipeline.addLast(deadline)
                .addLast(new WriteTimeoutHandler(limits.writeTimeout().toMillis(), TimeUnit.MILLISECONDS))
                .addLast(new HttpServerCodec(limits.maxLineBytes(), limits.maxHeaderBytes(), MAX_CHUNK_BYTES))
                .addLast(new BodyCollector(limits.maxBodyBytes(), request -> takesPieces(handler, request)))
                .addLast(new HttpConnection(handler, deadline, limits, load));
    }

    private static boolean takesPieces(HttpHandler handler, HttpRequest request) {
        return !WebSocketUpgrade.isWanted(request) && handler.takesPieces(RequestTarget.pathOf(request.uri()));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        switch (message) {
            case FullHttpRequest request -> receive(context, request);
            case HttpRequest head when current == null && !closing -> begin(context, head);
            case HttpContent piece
            when current != null && !closing -> {
                byte[] bytes = bodyOf(piece.content());
                piece.release();
                current.bodyPiece(bytes, piece instanceof LastHttpContent);
            }
            default -> {
                // Pieces of a request that came before its turn, or of one that was answered before its end.
                ReferenceCountUtil.release(message);
                var _ = context.close();
            }
        }
    }

    private void receive(ChannelHandlerContext context, FullHttpRequest request) {
        if (closing || waiting.size() >= MAX_WAITING) {
            request.release();
            var _ = context.close();
        } else if (current != null) {
            waiting.add(request);
            // Who sends the next request is there; it need not be watched.
            context.channel().config().setAutoRead(false);
        } else {
            begin(context, request);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (current != null) {
            current.readComplete();
        }
        context.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (current != null && context.channel().isWritable()) {
            current.writable();
        }
        context.fireChannelWritabilityChanged();
    }

    /** Reads while a request is being answered, unless the next one is here. */
    void readAhead(ChannelHandlerContext context) {
        if (waiting.isEmpty()) {
            context.channel().config().setAutoRead(true);
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest request) {
        deadline.requestArrived();
        load.callBegan();
        context.channel().config().setAutoRead(false);
        boolean malformed = request.decoderResult().isFailure() || hasUnknownEncoding(request);
        if (!malformed && WebSocketUpgrade.isWanted(request) && takesWebSockets(request)) {
            WebSocketUpgrade.begin(context, (FullHttpRequest) request, handler, limits);
            return;
        }
        NettyExchange exchange = new NettyExchange(context, this, request, malformed);
        current = exchange;
        Throwable fault = request.decoderResult().cause();
        ReferenceCountUtil.release(request);
        if (malformed) {
            exchange.respond(refusal(fault));
            return;
        }
        if (!(request instanceof FullHttpRequest) && HttpUtil.is100ContinueExpected(request)) {
            var _ = context.writeAndFlush(
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
        handle(exchange);
    }

    private boolean takesWebSockets(HttpRequest request) {
        return request instanceof FullHttpRequest && handler.takesWebSockets(RequestTarget.pathOf(request.uri()));
    }

    private void handle(NettyExchange exchange) {
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
        load.callEnded();
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
            NettyExchange abandoned = current;
            current = null;
            abandoned.abandoned();
        }
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("closing an HTTP connection peer={} reason={}", peer(context.channel()), cause.toString());
        var _ = context.close();
    }

    /**
     * Whether the body is in an encoding that is not "chunked", which was taken out: then nobody knows where the request
     * ends (RFC 9112, section 6.1).
     */
    private static boolean hasUnknownEncoding(HttpRequest request) {
        return request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                && (request instanceof FullHttpRequest || !HttpUtil.isTransferEncodingChunked(request));
    }

    private static String peer(Channel channel) {
        return String.valueOf(channel.remoteAddress());
    }

    private static HttpReply refusal(@Nullable Throwable cause) {
        return switch (cause) {
            case null -> HttpReply.text(501, "Not Implemented\n");
            case TooLongHttpLineException _ -> HttpReply.text(414, "URI Too Long\n");
            case TooLongHttpHeaderException _ -> HttpReply.text(431, "Request Header Fields Too Large\n");
            default -> HttpReply.text(400, "400 Bad Request\n");
        };
    }

    static byte[] bodyOf(ByteBuf content) {
        return ByteBufUtil.getBytes(content);
    }

    static boolean keepsAlive(HttpRequest request) {
        return HttpUtil.isKeepAlive(request) && request.protocolVersion().equals(HttpVersion.HTTP_1_1);
    }
}
