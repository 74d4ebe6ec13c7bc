package io.netsy.etcd.server.gateway;

import com.google.protobuf.Message;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netsy.etcd.server.web.HttpExchange;
import io.netsy.etcd.server.web.HttpReply;
import org.jspecify.annotations.Nullable;

/** Turns the one answer of a call into an HTTP answer. */
final class UnaryAnswer<R extends Message> extends ClientCall.Listener<R> {
    private final HttpExchange exchange;
    private @Nullable R answer;

    UnaryAnswer(HttpExchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public void onMessage(R message) {
        answer = message;
    }

    @Override
    public void onClose(Status end, Metadata trailers) {
        if (end.isOk() && answer != null) {
            exchange.respond(
                    HttpReply.json(200, Json.print(answer)).with(JsonGateway.CONTENT_HEADER, "application/grpc"));
        } else {
            exchange.respond(Replies.of(Replies.reword(end)));
        }
    }
}
