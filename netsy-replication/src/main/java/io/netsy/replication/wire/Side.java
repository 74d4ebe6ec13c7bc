package io.netsy.replication.wire;

import io.netsy.replication.core.PeerMessage;

/** What differs between the side that connected and the side that was connected to. Called on the stream's event loop. */
interface Side {
    /** What the other side says first. */
    Phase firstPhase();

    /**
     * A message that may come came.
     *
     * @throws WireException when this side does not want the stream for it
     */
    void received(PeerStream stream, PeerMessage message) throws WireException;

    /** The stream is over. Called once. */
    void closed(PeerStream stream, String reason);
}
