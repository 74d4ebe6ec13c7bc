package io.netsy.etcd.forward;

import java.util.concurrent.CompletableFuture;

/** Knows the way from this node to the primary. Safe for any thread; never blocks. */
public interface PrimaryRoute {
    /** The way as this node knows it now. */
    Route current();

    /**
     * A future of the first way that is another than this one; complete already when the current one is, and when there will
     * be no other, with none. It is the caller's own: whoever waits no longer cancels it, which forgets it. Completed on any thread.
     */
    CompletableFuture<Route> changeFrom(Route seen);

    /** A way to the primary. */
    sealed interface Route {
        /** This node is the primary. */
        record Local() implements Route {}

        /**
         * Another node is.
         *
         * @param link to its peer listener; its channel belongs to whoever made the route, who closes it when no call uses it
         */
        record Remote(PrimaryLink link) implements Route {}

        /** No primary is known. */
        record None() implements Route {}
    }
}
