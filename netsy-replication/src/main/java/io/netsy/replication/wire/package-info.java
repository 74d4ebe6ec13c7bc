/**
 * The wire between a primary and its standbys: {@link io.netsy.replication.core.PeerMessage} over TCP, with or without
 * TLS.
 *
 * <p>The standby connects ({@link io.netsy.replication.wire.PeerClient}) and first sends a preamble, "NSYP" and the
 * format version 1, by which a listener that serves other protocols too knows a peer. After it, in both directions, come
 * messages: a length (4 bytes, of all that follows it), a type (1 byte) and a body. Numbers are big-endian. Each side
 * takes only what may come next, and no more bytes of it than its type allows; anything else ends the stream with one
 * reason, which the other side is told in a {@code Bye}.
 */
@NullMarked
package io.netsy.replication.wire;

import org.jspecify.annotations.NullMarked;
