package io.netsy.node.primary;

import io.netsy.etcd.port.CommittedState;

/** Is told of a term's two great moments, by the sequencer's thread; must not block. */
public interface TermListener {
    /** Writes are taken from here on; called before the first commit of the term. */
    void onServing(CommittedState state);

    /** Nothing is answered as primary any more. */
    void onEnded(Sequencer.Ending ending);
}
