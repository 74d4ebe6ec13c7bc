package io.netsy.etcd.port;

import io.netsy.etcd.error.EtcdException;
import io.netsy.etcd.state.StoreState;

/**
 * A request that may change the state.
 *
 * @param <R> what its sender is told once the effect is committed
 */
@FunctionalInterface
public interface Proposal<R> {
    /**
     * Judges the request against the newest state, in-flight effects included. Pure: it changes nothing, and runs on
     * the sequencer's thread, so it is quick.
     *
     * @param tip the state after everything sequenced so far
     * @param revisions values behind {@code tip}, in-flight ones included; reading one that is not in memory blocks
     * @throws EtcdException when the request is rejected
     */
    Evaluation<R> evaluate(StoreState tip, RevisionStore revisions) throws EtcdException;
}
