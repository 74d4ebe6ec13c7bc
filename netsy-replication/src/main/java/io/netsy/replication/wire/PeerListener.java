package io.netsy.replication.wire;

import io.netsy.replication.core.PeerMessage;

/**
 * What a primary makes of its standbys' streams.
 *
 * <p>Called on the event loop of the stream, one call at a time for one stream and at the same time for several. It must
 * not block: it hands on and returns.
 */
public interface PeerListener {
    /**
     * A standby of this cluster said hello; the first call for a stream. One that is not wanted is closed by {@link
     * PeerStream#close}.
     */
    void onHello(PeerStream stream, PeerMessage.Hello hello);

    /** A message came: no hello, and no {@link PeerMessage.Bye}, which ends in {@link #onClosed}. */
    void onMessage(PeerStream stream, PeerMessage.FromStandby message);

    /**
     * The stream is over, whoever ended it; the last call, and made exactly once for each stream that {@link #onHello} was
     * called for.
     *
     * @param reason one line for people
     */
    void onClosed(PeerStream stream, String reason);
}
