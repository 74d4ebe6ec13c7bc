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

    /** What it is called in metrics. */
    default Operation operation() {
        return Operation.OTHER;
    }

    /** About how many bytes it keeps in memory while it waits to be evaluated: the queue is bounded by their sum. */
    default int sizeBytes() {
        return 0;
    }

    /** The same proposal under the name of its kind. */
    static <R> Proposal<R> of(Operation operation, Proposal<R> proposal) {
        return new Described<>(operation, proposal.sizeBytes(), proposal);
    }

    /** The proposal, known to keep a request of that many bytes in memory. */
    static <R> Proposal<R> sized(int sizeBytes, Proposal<R> proposal) {
        return new Described<>(proposal.operation(), sizeBytes, proposal);
    }

    /** A proposal of which more is known than what it does. */
    record Described<R>(Operation operation, int sizeBytes, Proposal<R> proposal) implements Proposal<R> {
        @Override
        public Evaluation<R> evaluate(StoreState tip, RevisionStore revisions) throws EtcdException {
            return proposal.evaluate(tip, revisions);
        }
    }
}
