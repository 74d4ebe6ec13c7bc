package io.netsy.etcd.server;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netsy.etcd.load.LoadLimits;
import io.netsy.etcd.server.web.HttpLimits;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * What one connection, and all together, may cost, beyond the size of messages (etcd semantics, section 2).
 *
 * @param handshakeTimeout from the connection's first moment until its protocol is agreed on
 * @param leastPingInterval between a client's keepalive pings; faster ones, and those without a call, end the connection
 * @param maxMetadataBytes of a call's headers
 * @param leaderCheckInterval how often streams are looked at that want to be cut off without a leader
 * @param load what all connections together may hold
 */
record ServerLimits(
        Duration handshakeTimeout,
        Duration leastPingInterval,
        int maxMetadataBytes,
        Duration leaderCheckInterval,
        HttpLimits http,
        LoadLimits load) {
    private static final long USUAL_FILE_DESCRIPTORS = 1024;

    /** Those of etcd, with bounds where etcd has none. */
    static ServerLimits standard(int maxRequestBytes) {
        return new ServerLimits(
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                1 << 20,
                Duration.ofMillis(500),
                HttpLimits.forRequests(maxRequestBytes),
                LoadLimits.sharesOf(
                        Runtime.getRuntime().maxMemory(), PlatformDependent.maxDirectMemory(), fileDescriptors()));
    }

    private static long fileDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : USUAL_FILE_DESCRIPTORS;
    }
}
