package io.netsy.etcd.server.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netsy.etcd.server.web.HttpExchange;
import io.netsy.etcd.server.web.HttpHandler;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC services as JSON over HTTP/1.1, under {@code /v3/} (etcd semantics, section 18), with the answers of etcd
 * 3.6's gateway.
 *
 * <p>Every request becomes a gRPC call over a {@link Loopback}, to the handlers that serve gRPC, behind the same gates,
 * and without any identity but the metadata's.
 */
public final class JsonGateway implements HttpHandler {
    /** What every path begins with. */
    public static final String PREFIX = "/v3/";

    /** That without its slash, from which etcd sends clients on to it; from the old one it does not. */
    public static final String FOLDER = "/v3";

    /** The prefix, as it was before etcd 3.4. */
    public static final String OLD_PREFIX = "/v3beta/";

    static final String CONTENT_HEADER = "Grpc-Metadata-Content-Type";

    private final GatewayPaths paths = new GatewayPaths();
    private final Channel channel;
    private final Executor executor;
    private final int maxJsonBytes;

    /** @param maxJsonBytes of one request */
    public JsonGateway(Loopback loopback, int maxJsonBytes) {
        this.channel = loopback.channel();
        this.executor = loopback.executor();
        this.maxJsonBytes = maxJsonBytes;
    }

    @Override
    public boolean takesPieces(String path) {
        GatewayMethod<?, ?> method = find(path);
        return method != null && method.takesRequests();
    }

    @Override
    public boolean takesWebSockets(String path) {
        GatewayMethod<?, ?> method = find(path);
        return method != null && !method.isUnary();
    }

    private @Nullable GatewayMethod<?, ?> find(String path) {
        return paths.find(path.startsWith(OLD_PREFIX) ? PREFIX + path.substring(OLD_PREFIX.length()) : path);
    }

    @Override
    public void handle(HttpExchange exchange) {
        GatewayMethod<?, ?> method = find(exchange.path());
        if (method == null) {
            exchange.respond(Replies.of(Status.NOT_FOUND.withDescription("Not Found")));
        } else if (!exchange.method().equals("POST")) {
            exchange.respond(Replies.of(Status.UNIMPLEMENTED.withDescription("Method Not Allowed")));
        } else {
            call(exchange, method);
        }
    }

    private <Q extends Message, R extends Message> void call(HttpExchange exchange, GatewayMethod<Q, R> method) {
        Metadata metadata;
        CallOptions options;
        try {
            metadata = GatewayMetadata.of(exchange);
            options = GatewayMetadata.options(exchange);
        } catch (StatusRuntimeException refusal) {
            exchange.respond(Replies.of(refusal.getStatus()));
            return;
        }
        if (method.takesRequests()) {
            converse(exchange, method, metadata, options);
        } else {
            exchange.readBody(new FirstRequest(
                    exchange,
                    maxJsonBytes,
                    json -> executor.execute(() -> ask(exchange, method, json, metadata, options)),
                    fault -> exchange.respond(Replies.of(Status.INVALID_ARGUMENT.withDescription(fault)))));
            exchange.readMore();
        }
    }

    /** Makes a call of one request; on a thread of its own, since JSON may be large. */
    private <Q extends Message, R extends Message> void ask(
            HttpExchange exchange, GatewayMethod<Q, R> method, byte[] json, Metadata metadata, CallOptions options) {
        Q request;
        try {
            request = Json.parse(json, method.request());
        } catch (InvalidProtocolBufferException malformed) {
            exchange.respond(Replies.of(Status.INVALID_ARGUMENT.withDescription(malformed.getMessage())));
            return;
        }
        ClientCall<Q, R> call = channel.newCall(method.descriptor(), options);
        call.start(
                method.isUnary() ? new UnaryAnswer<>(exchange) : new StreamedAnswer<>(exchange, call, () -> {}),
                metadata);
        exchange.onAbandoned(() -> abandon(call));
        call.sendMessage(request);
        call.halfClose();
        // A unary call that is asked for one more notices at once that there is none.
        call.request(method.isUnary() ? 2 : 1);
    }

    private <Q extends Message, R extends Message> void converse(
            HttpExchange exchange, GatewayMethod<Q, R> method, Metadata metadata, CallOptions options) {
        ClientCall<Q, R> call = channel.newCall(method.descriptor(), options);
        RequestBody<Q> body = new RequestBody<>(exchange, method, call, maxJsonBytes);
        call.start(new StreamedAnswer<>(exchange, call, body::onCallReady), metadata);
        exchange.onAbandoned(() -> abandon(call));
        call.request(1);
        exchange.readBody(body);
        exchange.readMore();
    }

    private static void abandon(ClientCall<?, ?> call) {
        call.cancel("the HTTP client left", null);
    }
}
