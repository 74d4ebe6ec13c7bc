package io.netsy.etcd.forward;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.forward.PrimaryRoute.Route;
import io.netsy.etcd.rpc.Failures;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's call on its way to the primary, or to this node's own handler if the primary is here.
 *
 * <p>All events of both sides are steps that run one after another, on whatever thread brought one; no thread waits.
 */
abstract class Relay<Q, R> extends ServerCall.Listener<Q> {
    private static final Route.None NO_WAY = new Route.None();

    final IncomingCall<Q, R> incoming;
    private final Forwarding.Settings settings;
    private final SynchronizationContext steps = new SynchronizationContext((thread, failure) -> fail(failure));
    private @Nullable CompletableFuture<Route> change;
    private @Nullable Hop<Q, R> hop;
    private ServerCall.@Nullable Listener<Q> local;
    private boolean ended;

    Relay(IncomingCall<Q, R> incoming, Forwarding.Settings settings) {
        this.incoming = incoming;
        this.settings = settings;
    }

    /** A message of the client that this node's own handler has not got. */
    abstract void handleRequest(Q request);

    /** The client sends no more. */
    abstract void handleHalfClose();

    /** The client takes more. */
    abstract void handleReady();

    /** The call to the primary has begun. */
    abstract void handleSent(Hop<Q, R> sent);

    /** Gives this node's handler what came from the client before. */
    abstract void handleTakenHere(ServerCall.Listener<Q> handler);

    abstract void handleAnswer(Hop<Q, R> from, R answer);

    abstract void handleHopReady(Hop<Q, R> from);

    /** The call to the primary is over. */
    abstract void handleOutcome(Hop<Q, R> from, Outcome outcome);

    /** Runs something after all that came before it; nothing once the call has ended. */
    final void step(Runnable action) {
        steps.execute(() -> {
            if (!ended) {
                action.run();
            }
        });
    }

    final ServerCall<Q, R> client() {
        return incoming.call();
    }

    /** The call to the primary; null as long as there is none. */
    final @Nullable Hop<Q, R> hop() {
        return hop;
    }

    final Route route() {
        return settings.routes().current();
    }

    final R ownAnswer(R answer) {
        return MemberIds.replaced(answer, settings.memberId().getAsLong());
    }

    /** Goes to the primary, or waits for one. */
    final void maybeGo() {
        Route now = route();
        if (now instanceof Route.None) {
            awaitPrimary(NO_WAY);
        } else {
            go(now);
        }
    }

    /** Goes to another primary than the one on this way, or waits for one. */
    final void goElsewhere(Route seen) {
        Route now = route();
        if (now instanceof Route.None || now.equals(seen)) {
            awaitPrimary(now);
        } else {
            go(now);
        }
    }

    /** When the primary changes there is none in between. */
    private void awaitPrimary(Route seen) {
        CompletableFuture<Route> awaited =
                settings.routes().changeFrom(seen).orTimeout(settings.patience().toNanos(), TimeUnit.NANOSECONDS);
        change = awaited;
        var _ = awaited.whenComplete((route, failure) -> step(() -> arrive(seen, failure == null ? route : null)));
    }

    private void arrive(Route seen, @Nullable Route next) {
        if (next instanceof Route.None && !next.equals(seen)) {
            awaitPrimary(next);
        } else {
            go(next == null ? NO_WAY : next);
        }
    }

    /** Takes a way. */
    final void go(Route route) {
        switch (route) {
            case Route.Local here -> takeHere();
            case Route.Remote remote -> send(remote);
            case Route.None none -> end(EtcdError.NO_LEADER.status());
        }
    }

    /** Begins the way to the primary. */
    Hop<Q, R> start(Route.Remote remote) {
        return CallHop.start(remote, this, incoming);
    }

    private void send(Route.Remote remote) {
        if (ForwardedMethods.mayWait(incoming.method())) {
            CompletableFuture<Route> deposed = settings.routes().changeFrom(remote);
            change = deposed;
            var _ = deposed.thenRun(() -> step(() -> end(EtcdError.TIMED_OUT.status())));
        }
        Hop<Q, R> started = start(remote);
        hop = started;
        handleSent(started);
    }

    /** From here on the call is this node's. */
    final void takeHere() {
        ServerCall.Listener<Q> handler;
        try {
            handler = incoming.handleHere();
        } catch (Exception failure) {
            fail(failure);
            return;
        }
        local = handler;
        incoming.context().run(() -> handleTakenHere(handler));
    }

    /** Ends the client's call, and with it the one to the primary if that goes on. */
    final void end(Status status) {
        if (!ended) {
            ended = true;
            client().close(status, new Metadata());
            release("the client has its answer");
        }
    }

    private void release(String reason) {
        if (change != null) {
            change.cancel(false);
        }
        if (hop != null) {
            hop.cancel(reason);
        }
    }

    private void fail(Throwable failure) {
        Status status = Failures.toStatus(failure);
        try {
            end(status);
        } catch (IllegalStateException closedByItsHandler) {
            release("the call has failed");
        }
    }

    /** Gives an event to this node's handler if the call is its own, else to the relay. */
    private void deliver(Consumer<ServerCall.Listener<Q>> event, Runnable otherwise) {
        step(() -> {
            ServerCall.Listener<Q> handler = local;
            if (handler == null) {
                otherwise.run();
            } else {
                incoming.context().run(() -> event.accept(handler));
            }
        });
    }

    @Override
    public final void onMessage(Q request) {
        deliver(handler -> handler.onMessage(request), () -> handleRequest(request));
    }

    @Override
    public final void onHalfClose() {
        deliver(ServerCall.Listener::onHalfClose, this::handleHalfClose);
    }

    @Override
    public final void onReady() {
        deliver(ServerCall.Listener::onReady, this::handleReady);
    }

    @Override
    public final void onComplete() {
        deliver(ServerCall.Listener::onComplete, () -> {});
    }

    /** Cancels nothing that was sequenced: the primary only stops caring for the answer. */
    @Override
    public final void onCancel() {
        deliver(ServerCall.Listener::onCancel, () -> {
            ended = true;
            release("the client has left");
        });
    }
}
