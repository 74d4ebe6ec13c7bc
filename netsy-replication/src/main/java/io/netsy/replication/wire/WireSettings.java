package io.netsy.replication.wire;

import java.time.Duration;

/**
 * How long a stream waits for the other side.
 *
 * @param handshakeTimeout for a connection, its TLS and its hello
 * @param idleTimeout for the next byte; both sides must speak more often than this
 */
public record WireSettings(Duration handshakeTimeout, Duration idleTimeout) {
    /** 5 and 10 seconds. */
    public static final WireSettings DEFAULT = new WireSettings(Duration.ofSeconds(5), Duration.ofSeconds(10));

    public WireSettings {
        if (handshakeTimeout.toMillis() < 1 || idleTimeout.toMillis() < 1) {
            throw new IllegalArgumentException("time-outs of a stream are at least a millisecond, not %s and %s"
                    .formatted(handshakeTimeout, idleTimeout));
        }
    }
}
