package io.netsy.etcd.forward;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The way to the primary as it was set last; none at first, and for ever once it {@linkplain #end ends}. Safe for any thread. */
public final class CurrentRoute implements PrimaryRoute {
    private final Object lock = new Object();
    private final Set<Waiting> waiting = new LinkedHashSet<>();
    private volatile Route current = new Route.None();
    private boolean ended;

    /** Somebody who waits for another way than he has seen. */
    private static final class Waiting {
        private final Route seen;
        private final CompletableFuture<Route> change = new CompletableFuture<>();

        Waiting(Route seen) {
            this.seen = seen;
        }
    }

    /** Sets the way, and wakes on this thread those who waited for another one. */
    public void set(Route next) {
        List<Waiting> woken;
        synchronized (lock) {
            if (ended) {
                return;
            }
            current = next;
            woken = waiting.stream().filter(one -> !one.seen.equals(next)).toList();
        }
        woken.forEach(one -> one.change.complete(next));
    }

    /** No way will be known any more: whoever waits for one is told so on this thread, and whoever would wait at once. */
    public void end() {
        List<Waiting> left;
        synchronized (lock) {
            ended = true;
            current = new Route.None();
            left = List.copyOf(waiting);
        }
        left.forEach(one -> one.change.complete(new Route.None()));
    }

    @Override
    public Route current() {
        return current;
    }

    @Override
    public CompletableFuture<Route> changeFrom(Route seen) {
        Waiting one = new Waiting(seen);
        synchronized (lock) {
            if (ended || !current.equals(seen)) {
                return CompletableFuture.completedFuture(current);
            }
            waiting.add(one);
        }
        var _ = one.change.whenComplete((route, failure) -> forget(one));
        return one.change;
    }

    private void forget(Waiting one) {
        synchronized (lock) {
            waiting.remove(one);
        }
    }

    /** How many wait for a change. */
    int waitingCount() {
        synchronized (lock) {
            return waiting.size();
        }
    }
}
