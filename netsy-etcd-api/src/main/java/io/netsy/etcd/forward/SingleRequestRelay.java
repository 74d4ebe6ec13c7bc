package io.netsy.etcd.forward;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.forward.PrimaryRoute.Route;
import io.netsy.etcd.kv.KvService;
import io.netsy.etcd.proto.rpc.TxnRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Relays a call of one request, with one answer or a stream of them.
 *
 * <ol>
 *   <li>Take the request to its end.
 *   <li>Keep it here if it changes nothing, else find the primary and send it.
 *   <li>If it was certainly not sequenced, wait for another primary and send it there, once.
 *   <li>Answer with what is known.
 * </ol>
 */
final class SingleRequestRelay<Q, R> extends Relay<Q, R> {
    private final AnswerFlow<Q, R> answers;
    private final boolean oneAnswer;
    private final boolean unknownHere;
    private final Forwarding.Witness witness;
    private @Nullable Q request;
    private @Nullable R answer;
    private boolean sentAgain;

    SingleRequestRelay(IncomingCall<Q, R> incoming, Forwarding.Settings settings) {
        super(incoming, settings);
        this.answers = new AnswerFlow<>(incoming.call());
        this.unknownHere = incoming.unknownHere();
        this.witness = settings.witness();
        this.oneAnswer = incoming.method().getType() == MethodType.UNARY;
    }

    /** Asks for the request; by asking for two, a client that sends more than one is noticed. */
    void begin() {
        client().request(2);
    }

    @Override
    void handleRequest(Q received) {
        if (request == null) {
            request = received;
        } else {
            end(Status.INTERNAL.withDescription("Too many requests"));
        }
    }

    @Override
    void handleHalfClose() {
        Q complete = request;
        if (complete == null) {
            end(Status.INTERNAL.withDescription("Half-closed without a request"));
        } else if (!unknownHere && complete instanceof TxnRequest transaction && !KvService.isProposed(transaction)) {
            takeHere();
        } else {
            maybeGo();
        }
    }

    @Override
    void handleReady() {
        Hop<Q, R> primary = hop();
        if (primary != null && !oneAnswer) {
            answers.maybeAsk(primary);
        }
    }

    @Override
    void handleTakenHere(ServerCall.Listener<Q> handler) {
        if (request != null) {
            handler.onMessage(request);
        }
        handler.onHalfClose();
        if (client().isReady()) {
            handler.onReady();
        }
    }

    @Override
    Hop<Q, R> start(Route.Remote remote) {
        Q complete = request;
        Optional<Hop<Q, R>> shared =
                complete == null ? Optional.empty() : SharedHop.of(remote, this, incoming, complete);
        return shared.orElseGet(() -> super.start(remote));
    }

    @Override
    void handleSent(Hop<Q, R> sent) {
        if (oneAnswer) {
            sent.request(2);
        } else {
            answers.maybeAsk(sent);
        }
        if (request != null) {
            sent.send(request);
        }
        sent.halfClose();
    }

    @Override
    void handleAnswer(Hop<Q, R> from, R received) {
        if (oneAnswer) {
            answer = received;
        } else {
            answers.pass(ownAnswer(received), from);
        }
    }

    @Override
    void handleHopReady(Hop<Q, R> from) {}

    @Override
    void handleOutcome(Hop<Q, R> from, Outcome outcome) {
        switch (outcome) {
            case Outcome.Answer known -> finish(known.status());
            case Outcome.NotSequenced refused -> maybeSendAgain(from);
            case Outcome.Unknown unknown -> end(EtcdError.TIMED_OUT.status());
        }
    }

    private void maybeSendAgain(Hop<Q, R> refused) {
        if (sentAgain) {
            end(EtcdError.NO_LEADER.status());
        } else {
            sentAgain = true;
            goElsewhere(refused.route());
        }
    }

    private void finish(Status status) {
        if (oneAnswer && status.isOk()) {
            R complete = answer;
            if (complete == null) {
                end(EtcdError.TIMED_OUT.status());
                return;
            }
            if (request != null) {
                witness.answered(request, complete);
            }
            client().sendHeaders(new Metadata());
            client().sendMessage(ownAnswer(complete));
        }
        end(status);
    }
}
