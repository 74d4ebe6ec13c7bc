package io.netsy.etcd.forward;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.netsy.etcd.access.CallerName;
import io.netsy.etcd.access.ForwardedUser;
import io.netsy.etcd.forward.PrimaryRoute.Route;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Relays the calls of clients that only the primary can carry out to the primary; the others, and all while this node is
 * the primary, go on to this node's handler. For the client listener, before {@code AccessInterceptor}: the primary
 * judges who may do what it does.
 *
 * <p>A request is sent once. If it was certainly not sequenced it is sent again, once, as soon as another is primary, as when a
 * primary hands over; if none is in time it fails with "no leader"; what the primary answered is passed on; and everything
 * else, a connection that is lost above all, is the unknown outcome "request timed out". While no primary is known, a
 * call waits for one. Calls that may wait for long, as streams and locks do, end when the primary changes.
 *
 * <p>Safe for any thread; never blocks.
 */
public final class Forwarding implements ServerInterceptor {
    private final Settings settings;

    public Forwarding(Settings settings) {
        this.settings = settings;
    }

    /**
     * How calls are relayed.
     *
     * @param patience how long a call waits for a primary to be known
     * @param memberId this node's, for the headers of answers
     * @param callerName what names callers without a token on this listener; the primary is told
     * @param unknownHere whether only the primary can tell who brings these headers: a token that it gave and this node never
     *     saw; such a caller's reads are relayed too
     * @param witness sees requests that the primary answered; must not block
     */
    public record Settings(
            PrimaryRoute routes,
            Duration patience,
            LongSupplier memberId,
            CallerName callerName,
            Predicate<Metadata> unknownHere,
            Witness witness) {}

    /** Sees a request of one message and the primary's answer to it, before the client does. */
    @FunctionalInterface
    public interface Witness {
        void answered(Object request, Object answer);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        ForwardedUser.remove(headers);
        return switch (ForwardedMethods.of(call.getMethodDescriptor())) {
            case LOCAL -> next.startCall(call, headers);
            case READ ->
                settings.unknownHere().test(headers) ? maybeRelay(call, headers, next) : next.startCall(call, headers);
            case PRIMARY, TRANSACTION -> maybeRelay(call, headers, next);
        };
    }

    private <Q, R> ServerCall.Listener<Q> maybeRelay(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        return settings.routes().current() instanceof Route.Local
                ? next.startCall(call, headers)
                : relay(new IncomingCall<>(
                        call,
                        headers,
                        settings.callerName().of(call, headers),
                        settings.unknownHere().test(headers),
                        next,
                        Context.current()));
    }

    private <Q, R> ServerCall.Listener<Q> relay(IncomingCall<Q, R> incoming) {
        if (incoming.method().getType().clientSendsOneMessage()) {
            SingleRequestRelay<Q, R> relay = new SingleRequestRelay<>(incoming, settings);
            relay.begin();
            return relay;
        }
        StreamRelay<Q, R> relay = new StreamRelay<>(incoming, settings);
        relay.begin();
        return relay;
    }
}
