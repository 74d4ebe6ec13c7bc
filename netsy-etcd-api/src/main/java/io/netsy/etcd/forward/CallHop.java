package io.netsy.etcd.forward;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netsy.etcd.forward.PrimaryRoute.Route;

/** A gRPC call of its own: for streams, for what may wait for long, and for what is large. */
final class CallHop<Q, R> extends ClientCall.Listener<R> implements Hop<Q, R> {
    private final Route.Remote route;
    private final Relay<Q, R> relay;
    private final ClientCall<Q, R> call;
    private volatile boolean left;

    private CallHop(Route.Remote route, Relay<Q, R> relay, IncomingCall<Q, R> incoming) {
        this.route = route;
        this.relay = relay;
        this.call = route.link().channel().newCall(incoming.method(), options(incoming.context()));
    }

    /** Begins the call, with the caller's headers and deadline; the relay alone says when it is cancelled. */
    static <Q, R> Hop<Q, R> start(Route.Remote route, Relay<Q, R> relay, IncomingCall<Q, R> incoming) {
        Context before = Context.ROOT.attach();
        try {
            CallHop<Q, R> hop = new CallHop<>(route, relay, incoming);
            hop.call.start(hop, RelayHeaders.of(incoming.headers(), incoming.user()));
            return hop;
        } finally {
            Context.ROOT.detach(before);
        }
    }

    private CallOptions options(Context context) {
        Deadline deadline = context.getDeadline();
        return CallOptions.DEFAULT.withDeadline(deadline).withStreamTracerFactory(new Departures());
    }

    @Override
    public Route.Remote route() {
        return route;
    }

    @Override
    public void request(int count) {
        call.request(count);
    }

    @Override
    public void send(Q message) {
        call.sendMessage(message);
    }

    @Override
    public void halfClose() {
        call.halfClose();
    }

    @Override
    public boolean isReady() {
        return call.isReady();
    }

    @Override
    public void cancel(String reason) {
        call.cancel(reason, null);
    }

    @Override
    public void onMessage(R answer) {
        relay.step(() -> relay.handleAnswer(this, answer));
    }

    @Override
    public void onReady() {
        relay.step(() -> relay.handleHopReady(this));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        boolean taken = left;
        if (!taken) {
            route.link().retryConnecting();
        }
        Outcome outcome = Outcome.of(status, trailers, taken);
        route.link()
                .ownCopy()
                .whenApplied(Outcome.index(trailers), () -> relay.step(() -> relay.handleOutcome(this, outcome)));
    }

    /** Notes whether any connection took the call. */
    private final class Departures extends ClientStreamTracer.Factory {
        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void streamCreated(Attributes transport, Metadata sent) {
                    left = true;
                }
            };
        }
    }
}
