package io.netsy.etcd.server.gateway;

import com.google.protobuf.Message;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netsy.etcd.server.web.HttpExchange;
import io.netsy.etcd.server.web.HttpReply;
import io.netsy.etcd.server.web.HttpStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Turns the answers of a call into lines of an HTTP answer. The next one is asked for when the client has taken what
 * was written, so that a slow client holds back the service and not memory.
 */
final class StreamedAnswer<R extends Message> extends ClientCall.Listener<R> {
    private final HttpExchange exchange;
    private final ClientCall<?, R> call;
    private final Runnable onReady;
    private @Nullable HttpStream stream;

    /** @param onReady is told when the call takes more requests */
    StreamedAnswer(HttpExchange exchange, ClientCall<?, R> call, Runnable onReady) {
        this.exchange = exchange;
        this.call = call;
        this.onReady = onReady;
    }

    @Override
    public void onMessage(R message) {
        HttpStream opened = stream;
        if (opened == null) {
            exchange.answerHeader(JsonGateway.CONTENT_HEADER, "application/grpc");
            opened = exchange.stream(200, "application/json");
            stream = opened;
        }
        opened.write(Json.resultLine(message).getBytes(StandardCharsets.UTF_8));
        opened.onWritable(() -> call.request(1));
    }

    @Override
    public void onReady() {
        onReady.run();
    }

    @Override
    public void onClose(Status end, Metadata trailers) {
        HttpStream opened = stream;
        if (opened == null) {
            exchange.respond(end.isOk() ? HttpReply.json(200, "") : Replies.ofStream(Replies.reword(end)));
            return;
        }
        if (!end.isOk()) {
            opened.write(Json.errorLine(Replies.reword(end)).getBytes(StandardCharsets.UTF_8));
        }
        opened.end();
    }
}
