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

    /** Whether there is a primary that serves writes, as far as this node knows; false answers "no leader". */
    boolean hasLeader();
}
