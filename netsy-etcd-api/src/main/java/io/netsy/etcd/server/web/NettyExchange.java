package io.netsy.etcd.server.web;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An exchange over a Netty channel. Its state belongs to the event loop; other threads' calls are moved there. */
final class NettyExchange implements HttpExchange, HttpStream {
    private enum State {
        OPEN,
        STREAMING,
        ENDED
    }

    private final ChannelHandlerContext context;
    private final HttpConnection connection;
    private final String method;
    private final String path;
    private final Map<String, List<String>> query;
    private final HttpHeaders headers;
    private final byte[] body;
    private final boolean keepAlive;
    private final boolean chunked;
    private final List<Runnable> abandonTasks = new ArrayList<>();
    private State state = State.OPEN;
    private boolean gone;
    private boolean hurried;

    NettyExchange(
            ChannelHandlerContext context, HttpConnection connection, FullHttpRequest request, boolean malformed) {
        this.context = context;
        this.connection = connection;
        this.method = request.method().name();
        QueryStringDecoder uri = new QueryStringDecoder(malformed ? "/" : request.uri());
        this.path = pathOf(uri);
        this.query = parametersOf(uri);
        this.headers = request.headers();
        this.body = HttpConnection.bodyOf(request);
        this.chunked = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        this.keepAlive = !malformed && HttpConnection.keepsAlive(request);
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public List<String> query(String name) {
        return query.getOrDefault(name, List.of());
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public void respond(HttpReply reply) {
        onLoop(() -> {
            if (state == State.OPEN) {
                state = State.ENDED;
                DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(reply.status()),
                        Unpooled.wrappedBuffer(reply.body().array()));
                prepare(response, reply.contentType());
                response.headers()
                        .set(HttpHeaderNames.CONTENT_LENGTH, reply.body().length());
                reply.headers().forEach((name, value) -> response.headers().set(name, value));
                finish(response, keepAlive && !hurried);
            }
        });
    }

    @Override
    public HttpStream stream(int status, String contentType) {
        onLoop(() -> {
            if (state == State.OPEN) {
                state = State.STREAMING;
                // Reading goes on, since only a read notices that the client left.
                context.channel().config().setAutoRead(true);
                DefaultHttpResponse response =
                        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
                prepare(response, contentType);
                if (chunked) {
                    response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
                }
                var _ = context.writeAndFlush(response);
            }
        });
        return this;
    }

    @Override
    public void write(byte[] piece) {
        onLoop(() -> {
            if (state == State.STREAMING && piece.length > 0) {
                var _ = context.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(piece)));
            }
        });
    }

    @Override
    public boolean isWritable() {
        return context.channel().isWritable();
    }

    @Override
    public void end() {
        onLoop(() -> {
            if (state == State.STREAMING) {
                state = State.ENDED;
                finish(LastHttpContent.EMPTY_LAST_CONTENT, keepAlive && chunked && !hurried);
            }
        });
    }

    @Override
    public void onAbandoned(Runnable task) {
        onLoop(() -> {
            if (gone) {
                task.run();
            } else if (state != State.ENDED) {
                abandonTasks.add(task);
            }
        });
    }

    /** The server stops: a stream ends here, an answer on its way is the connection's last. */
    void hurry() {
        hurried = true;
        if (state == State.STREAMING) {
            runAbandonTasks();
            end();
        }
    }

    /** The connection is gone. */
    void abandoned() {
        gone = true;
        if (state != State.ENDED) {
            state = State.ENDED;
            runAbandonTasks();
        }
    }

    private void runAbandonTasks() {
        abandonTasks.forEach(Runnable::run);
        abandonTasks.clear();
    }

    private void prepare(HttpResponse response, String contentType) {
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        response.headers().set("X-Content-Type-Options", "nosniff");
        if (!keepAlive || hurried) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    private void finish(Object last, boolean keepOpen) {
        context.writeAndFlush(last).addListener(_ -> connection.answered(context, keepOpen));
    }

    private void onLoop(Runnable task) {
        if (context.executor().inEventLoop()) {
            task.run();
        } else {
            context.executor().execute(task);
        }
    }

    private static String pathOf(QueryStringDecoder uri) {
        try {
            return uri.path();
        } catch (IllegalArgumentException malformed) {
            return uri.rawPath();
        }
    }

    private static Map<String, List<String>> parametersOf(QueryStringDecoder uri) {
        try {
            return uri.parameters();
        } catch (IllegalArgumentException malformed) {
            return Map.of();
        }
    }
}
