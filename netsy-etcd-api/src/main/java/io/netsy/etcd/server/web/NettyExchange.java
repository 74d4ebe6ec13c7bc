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
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
    private final RequestTarget target;
    private final HttpHeaders headers;
    private final byte[] body;
    private final BodyFeed feed = new BodyFeed();
    private final Map<String, String> answerHeaders = new LinkedHashMap<>();
    private final boolean keepAlive;
    private final boolean chunked;
    private final List<Runnable> abandonTasks = new ArrayList<>();
    private final List<Runnable> writableTasks = new ArrayList<>();
    private State state = State.OPEN;
    private boolean hungry;
    private boolean gone;
    private boolean hurried;
    private boolean lastAnswer;

    /** @param request with its body, or without one that comes in pieces */
    NettyExchange(ChannelHandlerContext context, HttpConnection connection, HttpRequest request, boolean malformed) {
        this.context = context;
        this.connection = connection;
        this.method = request.method().name();
        this.target = RequestTarget.of(malformed ? "/" : request.uri());
        this.headers = request.headers();
        this.chunked = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        this.keepAlive = !malformed && HttpConnection.keepsAlive(request);
        if (request instanceof FullHttpRequest full) {
            this.body = HttpConnection.bodyOf(full.content());
            feed.piece(body);
            feed.end();
        } else {
            this.body = new byte[0];
        }
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return target.path();
    }

    @Override
    public List<String> query(String name) {
        return target.query().getOrDefault(name, List.of());
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public List<Map.Entry<String, String>> headers() {
        return headers.entries();
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public void readBody(BodyReader reader) {
        onLoop(() -> feed.read(reader));
    }

    @Override
    public void readMore() {
        onLoop(() -> {
            hungry = !feed.hasEnded();
            if (hungry) {
                context.read();
            }
        });
    }

    /** The next bytes of the body, and whether they are the last ones. */
    void bodyPiece(byte[] piece, boolean last) {
        hungry = false;
        feed.piece(piece);
        if (last) {
            feed.end();
            watchForTheEnd();
        }
    }

    /** A read brought what it had. */
    void readComplete() {
        if (hungry) {
            context.read();
        }
    }

    @Override
    public void answerHeader(String name, String value) {
        onLoop(() -> answerHeaders.put(name, value));
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
                finish(response, !lastAnswer);
            }
        });
    }

    /** Reads on while the answer is on its way, since only a read notices that the client left. */
    private void watchForTheEnd() {
        if (feed.hasEnded() && state != State.ENDED) {
            connection.readAhead(context);
        }
    }

    @Override
    public HttpStream stream(int status, String contentType) {
        onLoop(() -> {
            if (state == State.OPEN) {
                state = State.STREAMING;
                watchForTheEnd();
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
    public void onWritable(Runnable task) {
        onLoop(() -> {
            if (isWritable() || gone) {
                task.run();
            } else {
                writableTasks.add(task);
            }
        });
    }

    /** The client keeps up again, or it has left. */
    void writable() {
        List<Runnable> tasks = List.copyOf(writableTasks);
        writableTasks.clear();
        tasks.forEach(Runnable::run);
    }

    @Override
    public void end() {
        onLoop(() -> {
            if (state == State.STREAMING) {
                state = State.ENDED;
                finish(LastHttpContent.EMPTY_LAST_CONTENT, chunked && !lastAnswer && !hurried);
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
                watchForTheEnd();
            }
        });
    }

    /** The server stops: a stream ends soon, by its writer if he listens, and an answer on its way is the last. */
    void hurry() {
        hurried = true;
        if (state == State.STREAMING && abandonTasks.isEmpty()) {
            end();
        } else if (state == State.STREAMING) {
            runAbandonTasks();
        }
    }

    /** The connection is gone. */
    void abandoned() {
        gone = true;
        writableTasks.clear();
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
        if (!contentType.isEmpty()) {
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        }
        response.headers().set("X-Content-Type-Options", "nosniff");
        answerHeaders.forEach((name, value) -> response.headers().set(name, value));
        lastAnswer = !keepAlive || !feed.hasEnded() || hurried;
        if (lastAnswer) {
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
}
