package io.netsy.etcd.forward;

import io.grpc.ServerCall;
import io.netsy.etcd.error.EtcdError;

/**
 * Relays a call with a stream in each direction; each is as fast as its receiver takes it. It is not sent again: what
 * came through of it is not known, and its client opens it anew.
 */
final class StreamRelay<Q, R> extends Relay<Q, R> {
    private final AnswerFlow<Q, R> answers;
    private boolean asked;
    private boolean halfClosed;

    StreamRelay(IncomingCall<Q, R> incoming, Forwarding.Settings settings) {
        super(incoming, settings);
        this.answers = new AnswerFlow<>(incoming.call());
    }

    void begin() {
        step(this::maybeGo);
    }

    private void maybeAsk(Hop<Q, R> primary) {
        if (!asked && !halfClosed && primary.isReady()) {
            asked = true;
            client().request(1);
        }
    }

    @Override
    void handleRequest(Q request) {
        Hop<Q, R> primary = hop();
        if (primary != null) {
            asked = false;
            primary.send(request);
            maybeAsk(primary);
        }
    }

    @Override
    void handleHalfClose() {
        halfClosed = true;
        Hop<Q, R> primary = hop();
        if (primary != null) {
            primary.halfClose();
        }
    }

    @Override
    void handleReady() {
        Hop<Q, R> primary = hop();
        if (primary != null) {
            answers.maybeAsk(primary);
        }
    }

    @Override
    void handleTakenHere(ServerCall.Listener<Q> handler) {
        if (client().isReady()) {
            handler.onReady();
        }
        if (halfClosed) {
            handler.onHalfClose();
        }
    }

    @Override
    void handleSent(Hop<Q, R> sent) {
        answers.maybeAsk(sent);
        if (halfClosed) {
            sent.halfClose();
        } else {
            maybeAsk(sent);
        }
    }

    @Override
    void handleAnswer(Hop<Q, R> from, R answer) {
        answers.pass(ownAnswer(answer), from);
    }

    @Override
    void handleHopReady(Hop<Q, R> from) {
        maybeAsk(from);
    }

    @Override
    void handleOutcome(Hop<Q, R> from, Outcome outcome) {
        end(
                switch (outcome) {
                    case Outcome.Answer known -> known.status();
                    case Outcome.NotSequenced refused -> EtcdError.NO_LEADER.status();
                    case Outcome.Unknown unknown -> EtcdError.TIMED_OUT.status();
                });
    }
}
