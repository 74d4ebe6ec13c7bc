package io.netsy.etcd.forward;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.forward.PrimaryRoute.Route;
import io.netsy.etcd.port.StateSource;

/**
 * Takes the calls that other nodes relay to this one, for the peer listener. They end here: if this node is not the
 * primary it says "no leader, and not sequenced", before any handler sees the call. The ends that its own handlers give
 * are marked, so that the sender can tell them from what happened on the way. Safe for any thread; never blocks.
 */
public final class ForwardedCalls implements ServerInterceptor {
    private final PrimaryRoute routes;
    private final StateSource states;

    /** @param states of this node, to say where its log was committed when it answered */
    public ForwardedCalls(PrimaryRoute routes, StateSource states) {
        this.routes = routes;
        this.states = states;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        return switch (ForwardedMethods.of(call.getMethodDescriptor())) {
            case LOCAL -> next.startCall(call, headers);
            case READ, PRIMARY, TRANSACTION ->
                routes.current() instanceof Route.Local
                        ? next.startCall(new Answered<>(call, states), headers)
                        : refuse(call);
        };
    }

    private static <Q, R> ServerCall.Listener<Q> refuse(ServerCall<Q, R> call) {
        Metadata trailers = new Metadata();
        trailers.put(Outcome.NOT_SEQUENCED, Outcome.YES);
        call.close(EtcdError.NO_LEADER.status(), trailers);
        return new Refused<>();
    }

    /** Marks the end that a handler gives. */
    private static final class Answered<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private final StateSource states;

        Answered(ServerCall<Q, R> call, StateSource states) {
            super(call);
            this.states = states;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            trailers.put(Outcome.ANSWERED, Outcome.YES);
            trailers.put(Outcome.INDEX, Long.toString(states.committed().index()));
            super.close(status, trailers);
        }
    }

    /** Ignores what still comes for a call that was refused. */
    private static final class Refused<Q> extends ServerCall.Listener<Q> {}
}
