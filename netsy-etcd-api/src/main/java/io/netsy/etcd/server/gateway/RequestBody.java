package io.netsy.etcd.server.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.ClientCall;
import io.netsy.etcd.server.web.BodyReader;
import io.netsy.etcd.server.web.HttpExchange;

/**
 * Turns the JSON objects of a body into the requests of a call, as they come. As in etcd, whatever is no request ends
 * the requests, and not the call. The body is read on when the call takes more.
 */
final class RequestBody<Q extends Message> implements BodyReader {
    private final HttpExchange exchange;
    private final GatewayMethod<Q, ?> method;
    private final JsonValues values;
    private final ClientCall<Q, ?> call;
    private boolean ended;

    /** @param maxBytes of one request's JSON */
    RequestBody(HttpExchange exchange, GatewayMethod<Q, ?> method, ClientCall<Q, ?> call, int maxBytes) {
        this.exchange = exchange;
        this.method = method;
        this.call = call;
        this.values = new JsonValues(maxBytes);
    }

    /** The call takes more requests. */
    void onCallReady() {
        exchange.readMore();
    }

    @Override
    public void onPiece(byte[] piece) {
        for (byte[] json : values.add(piece)) {
            send(json);
        }
        if (values.isBroken()) {
            end();
        }
        // What comes after the end is read and dropped, so that it is noticed when the client leaves.
        if (ended || call.isReady()) {
            exchange.readMore();
        }
    }

    private void send(byte[] json) {
        if (ended) {
            return;
        }
        Q request;
        try {
            request = Json.parse(json, method.request());
        } catch (InvalidProtocolBufferException malformed) {
            end();
            return;
        }
        call.sendMessage(request);
    }

    @Override
    public void onEnd() {
        end();
    }

    private void end() {
        if (!ended) {
            ended = true;
            call.halfClose();
        }
    }
}
