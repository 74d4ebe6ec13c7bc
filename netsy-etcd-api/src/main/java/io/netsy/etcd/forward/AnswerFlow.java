package io.netsy.etcd.forward;

import io.grpc.Metadata;
import io.grpc.ServerCall;

/** Passes a stream of answers on as fast as the client takes them: the next is asked for when he is ready. */
final class AnswerFlow<Q, R> {
    private final ServerCall<Q, R> client;
    private boolean asked;
    private boolean begun;

    AnswerFlow(ServerCall<Q, R> client) {
        this.client = client;
    }

    void maybeAsk(Hop<Q, R> primary) {
        if (!asked && client.isReady()) {
            asked = true;
            primary.request(1);
        }
    }

    void pass(R answer, Hop<Q, R> from) {
        asked = false;
        if (!begun) {
            begun = true;
            client.sendHeaders(new Metadata());
        }
        client.sendMessage(answer);
        maybeAsk(from);
    }
}
