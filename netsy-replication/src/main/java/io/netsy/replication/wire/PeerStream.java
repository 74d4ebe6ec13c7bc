package io.netsy.replication.wire;

import io.netsy.replication.core.PeerMessage;

/**
 * One connection between a primary and a standby, seen from either side.
 *
 * <p>All methods are for any thread and none blocks. A stream that has ended takes every call and does nothing.
 */
public interface PeerStream {
    /** Names the stream within this process; never given twice. */
    long id();

    /** Host and port of the other side, for people. */
    String remote();

    /**
     * Hands a message on to the other side. Messages of one thread arrive in its order; those handed on within one turn of
     * the event loop leave together. Nothing is refused for want of room: whoever sends looks at {@link #unsentBytes}.
     * A {@link PeerMessage.Bye} is {@link #close} with its reason.
     *
     * @throws IllegalArgumentException when the message is longer than the other side would take, or names a node by what
     *     can't be printed
     */
    void send(PeerMessage message);

    /** Bytes that were handed to {@link #send} and are not yet written to the socket. */
    long unsentBytes();

    /**
     * Ends the stream: what was sent before goes out, then the reason as a {@link PeerMessage.Bye}, as far as the other
     * side takes it within a second. Once this was called no message is handed on any more.
     */
    void close(String reason);
}
