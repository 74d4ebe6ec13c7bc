package io.netsy.etcd.port;

import java.util.concurrent.CompletableFuture;

/** Where reads get their state from. All methods are safe for any thread and never block. */
public interface StateSource {
    /** The newest committed state on this node: what a serializable read sees. */
    CommittedState committed();

    /**
     * A state that holds everything acknowledged before the call: what a linearizable read sees.
     *
     * <p>Complete already when the right to answer is confirmed (the usual case: callers may answer on their own thread
     * then). Fails with {@link io.netsy.etcd.error.EtcdException} when this node can't confirm it in time.
     */
    CompletableFuture<CommittedState> linearizable();

    /**
     * Runs an action once what this node shows reads is at this index of the log or behind it: at once, on this thread, when
     * it is already, and always on a node that decides itself; else on whatever thread gets it there. One that is not there
     * within a request's time, or never gets there, runs it nevertheless.
     */
    default void whenApplied(long index, Runnable action) {
        action.run();
    }

    /** Whether there is a primary that serves writes, as far as this node knows; false answers "no leader". */
    boolean hasLeader();
}
