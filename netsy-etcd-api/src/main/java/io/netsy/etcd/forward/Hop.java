package io.netsy.etcd.forward;

import io.netsy.etcd.forward.PrimaryRoute.Route;

/**
 * What carries a client's call to the primary. What comes back goes to its {@link Relay}, one at a time; all that is sent
 * comes from there.
 */
interface Hop<Q, R> {
    /** The way that it takes. */
    Route.Remote route();

    /** The relay takes so many more answers. */
    void request(int count);

    void send(Q message);

    void halfClose();

    /** Whether more messages would leave at once. */
    boolean isReady();

    /** Nobody wants the answer; nothing that was sequenced is undone. */
    void cancel(String reason);
}
