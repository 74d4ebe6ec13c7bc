package io.netsy.etcd.server;

import io.netsy.etcd.server.web.HttpLimits;
import java.time.Duration;

/**
 * What one connection may cost, beyond the size of its messages (etcd semantics, section 2).
 *
 * @param handshakeTimeout from the connection's first moment until its protocol is agreed on
 * @param leastPingInterval between a client's keepalive pings; faster ones, and those without a call, end the connection
 * @param maxMetadataBytes of a call's headers
 * @param leaderCheckInterval how often streams are looked at that want to be cut off without a leader
 */
record ServerLimits(
        Duration handshakeTimeout,
        Duration leastPingInterval,
        int maxMetadataBytes,
        Duration leaderCheckInterval,
        HttpLimits http) {
    /** Those of etcd, with bounds where etcd has none. */
    static ServerLimits standard(int maxRequestBytes) {
        return new ServerLimits(
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                1 << 20,
                Duration.ofMillis(500),
                HttpLimits.forRequests(maxRequestBytes));
    }
}
