package io.netsy.replication.wire;

import io.netsy.replication.core.PeerMessage;

/**
 * What a standby makes of its stream to a primary.
 *
 * <p>Called on the event loop of the stream, one call at a time. It must not block: it hands on and returns.
 */
public interface PrimaryListener {
    /** A message came; no {@link PeerMessage.Bye}, which ends in {@link #onClosed}. The first is a begin or a rebuild. */
    void onMessage(PeerStream stream, PeerMessage.FromPrimary message);

    /**
     * The stream is over or could not be made; the last call, made exactly once for each {@link PeerClient#connect}.
     *
     * @param reason one line for people, with the address when there was no connection
     */
    void onClosed(String reason);
}
