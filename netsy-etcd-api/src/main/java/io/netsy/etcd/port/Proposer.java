package io.netsy.etcd.port;

import java.util.concurrent.CompletableFuture;

/** The way into the log. Safe for any thread; never blocks. */
public interface Proposer {
    /**
     * Has a proposal evaluated in order, and committed if it changes anything.
     *
     * <p>The future completes with the result once everything the result rests on is committed under the level in
     * force; with an {@link io.netsy.etcd.error.EtcdException} of a definite kind when the proposal was rejected, which
     * changed nothing; and with "request timed out" when the outcome is unknown: it may or may not become part of the
     * log. Cancelling the future changes nothing that was sequenced. Completion runs on the committing thread, so
     * whoever depends on it must not block.
     */
    <R> CompletableFuture<R> propose(Proposal<R> proposal);
}
