package io.netsy.etcd.forward;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netsy.etcd.forward.PrimaryRoute.Route;
import org.jspecify.annotations.Nullable;

/**
 * The call to the primary that carries a client's call. What comes back goes to its {@link Relay}, one at a time;
 * all that is sent comes from there.
 */
final class Hop<Q, R> extends ClientCall.Listener<R> {
    private final Route.Remote route;
    private final Relay<Q, R> relay;
    private final ClientCall<Q, R> call;
    private volatile boolean left;

    private Hop(Route.Remote route, Relay<Q, R> relay, IncomingCall<Q, R> incoming) {
        this.route = route;
        this.relay = relay;
        this.call = route.channel().newCall(incoming.method(), options(incoming.context()));
    }

    /** Begins the call, with the caller's headers and deadline; the relay alone says when it is cancelled. */
    static <Q, R> Hop<Q, R> start(Route.Remote route, Relay<Q, R> relay, IncomingCall<Q, R> incoming) {
        Context before = Context.ROOT.attach();
        try {
            Hop<Q, R> hop = new Hop<>(route, relay, incoming);
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

    Route.Remote route() {
        return route;
    }

    void request(int count) {
        call.request(count);
    }

    void send(Q message) {
        call.sendMessage(message);
    }

    void halfClose() {
        call.halfClose();
    }

    boolean isReady() {
        return call.isReady();
    }

    void cancel(String reason, @Nullable Throwable cause) {
        call.cancel(reason, cause);
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
        if (!taken && route.channel() instanceof ManagedChannel managed) {
            // Else gRPC would not even try to connect, for up to two minutes.
            managed.resetConnectBackoff();
        }
        Outcome outcome = Outcome.of(status, trailers, taken);
        relay.step(() -> relay.handleOutcome(this, outcome));
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
