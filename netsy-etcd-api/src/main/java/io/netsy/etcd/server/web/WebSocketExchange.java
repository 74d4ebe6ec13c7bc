package io.netsy.etcd.server.web;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket as the POST that etcd makes of it: the client's messages are the lines of the body, the lines of the
 * answer its messages, and a token comes as a sub-protocol or as a cookie (etcd semantics, section 18).
 *
 * <p>There is no status and no header once hands were shaken. Its state belongs to the event loop; other threads' calls
 * are moved there.
 */
final class WebSocketExchange implements HttpExchange, HttpStream {
    private static final String TOKEN_PROTOCOL = "Bearer,";
    private static final String TOKEN_COOKIE = "token";

    private final Channel channel;
    private final RequestTarget target;
    private final List<Map.Entry<String, String>> headers;
    private final BodyFeed feed = new BodyFeed();
    private final List<Runnable> abandonTasks = new ArrayList<>();
    private final List<Runnable> writableTasks = new ArrayList<>();
    private boolean hungry;
    private boolean ended;

    WebSocketExchange(Channel channel, HttpRequest upgrade) {
        this.channel = channel;
        this.target = RequestTarget.of(upgrade.uri());
        String authorization = authorizationOf(upgrade.headers());
        this.headers = authorization == null
                ? List.of()
                : List.of(Map.entry(HttpHeaderNames.AUTHORIZATION.toString(), authorization));
    }

    /** A browser can't set headers, so the token comes by another way; a cookie counts more. */
    private static @Nullable String authorizationOf(HttpHeaders headers) {
        String cookies = headers.get(HttpHeaderNames.COOKIE, "");
        for (Cookie cookie : ServerCookieDecoder.LAX.decode(cookies)) {
            if (cookie.name().equals(TOKEN_COOKIE)) {
                return "Bearer " + cookie.value();
            }
        }
        String protocols = headers.get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, "");
        int token = protocols.indexOf(TOKEN_PROTOCOL);
        return token < 0
                ? null
                : "Bearer "
                        + protocols.substring(token + TOKEN_PROTOCOL.length()).strip();
    }

    @Override
    public String method() {
        return "POST";
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
        return headers.stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    @Override
    public List<Map.Entry<String, String>> headers() {
        return headers;
    }

    @Override
    public byte[] body() {
        return new byte[0];
    }

    @Override
    public void readBody(BodyReader reader) {
        onLoop(() -> feed.read(reader));
    }

    @Override
    public void readMore() {
        onLoop(() -> {
            hungry = true;
            channel.read();
        });
    }

    void message(byte[] message) {
        hungry = false;
        byte[] line = Arrays.copyOf(message, message.length + 1);
        line[message.length] = '\n';
        feed.piece(line);
    }

    /** A read brought what it had; control frames are no pieces. */
    void readComplete() {
        if (hungry) {
            channel.read();
        }
    }

    @Override
    public void answerHeader(String name, String value) {}

    @Override
    public void respond(HttpReply reply) {
        write(reply.body().array());
        end();
    }

    @Override
    public HttpStream stream(int status, String contentType) {
        return this;
    }

    /** Sends a line of the answer as a message. */
    @Override
    public void write(byte[] piece) {
        onLoop(() -> {
            int length = piece.length > 0 && piece[piece.length - 1] == '\n' ? piece.length - 1 : piece.length;
            if (!ended && length > 0) {
                var _ = channel.writeAndFlush(new TextWebSocketFrame(Unpooled.wrappedBuffer(piece, 0, length)));
            }
        });
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void onWritable(Runnable task) {
        onLoop(() -> {
            if (isWritable() || ended) {
                task.run();
            } else {
                writableTasks.add(task);
            }
        });
    }

    void writable() {
        List<Runnable> tasks = List.copyOf(writableTasks);
        writableTasks.clear();
        tasks.forEach(Runnable::run);
    }

    @Override
    public void end() {
        onLoop(() -> {
            if (!ended) {
                ended = true;
                channel.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE))
                        .addListener(ChannelFutureListener.CLOSE);
            }
        });
    }

    @Override
    public void onAbandoned(Runnable task) {
        onLoop(() -> {
            if (ended) {
                task.run();
            } else {
                abandonTasks.add(task);
            }
        });
    }

    /** The client left, or the connection can't go on. */
    void abandoned() {
        if (!ended) {
            ended = true;
            writableTasks.clear();
            abandonTasks.forEach(Runnable::run);
            abandonTasks.clear();
        }
    }

    private void onLoop(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
        } else {
            channel.eventLoop().execute(task);
        }
    }
}
