package io.netsy.etcd.concurrency;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Where callers wait for their turn in a queue.
 *
 * @param events of the store that the queues are in
 * @param executor runs the waiters' next steps, which are short and don't block, off the committing thread
 */
public record Turns(KeyEvents events, Executor executor) {
    /**
     * Completes when no place in the queue is older than the caller's; fails with the status of a read that failed, with
     * "server stopped", or when {@code abandoned} completes first.
     */
    public CompletableFuture<Void> await(Place place, Client client, CompletableFuture<Void> abandoned) {
        return Turn.await(place, client, abandoned, events, executor);
    }
}
