package io.netsy.etcd.server;

import io.netsy.etcd.server.tls.TlsFiles;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the server listens.
 *
 * @param client where gRPC and HTTP/1.1 are served; port 0 takes any free one
 * @param metrics where metrics and health are served as well, in plaintext; null for nowhere else
 * @param tls of the client address; null is plaintext
 * @param tlsReloadInterval how often the TLS files are looked at
 * @param eventLoops threads that serve connections, at least one
 * @param maxRequestBytes the largest mutating request; messages may be 512 KiB larger (etcd semantics, section 2)
 * @param requestTimeout how long a health check waits for a linearizable read
 * @param drainTimeout how long calls under way may take when the server stops
 */
public record ServerSettings(
        InetSocketAddress client,
        @Nullable InetSocketAddress metrics,
        @Nullable TlsFiles tls,
        Duration tlsReloadInterval,
        int eventLoops,
        int maxRequestBytes,
        Duration requestTimeout,
        Duration drainTimeout) {
    private static final int DEFAULT_MAX_REQUEST_BYTES = 1_572_864;
    private static final int MESSAGE_OVERHEAD_BYTES = 512 << 10;

    public ServerSettings {
        if (eventLoops < 1) {
            throw new IllegalArgumentException("a server needs an event loop, not " + eventLoops);
        }
    }

    /** etcd's limits, plaintext, and half of the cores. */
    public static ServerSettings plaintext(InetSocketAddress client) {
        return new ServerSettings(
                client,
                null,
                null,
                Duration.ofSeconds(5),
                defaultEventLoops(),
                DEFAULT_MAX_REQUEST_BYTES,
                Duration.ofSeconds(7),
                Duration.ofSeconds(5));
    }

    /** Half of the cores: the other half evaluates, commits and applies. */
    public static int defaultEventLoops() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    /** The same on TLS. */
    public ServerSettings withTls(TlsFiles files, Duration reloadInterval) {
        return new ServerSettings(
                client, metrics, files, reloadInterval, eventLoops, maxRequestBytes, requestTimeout, drainTimeout);
    }

    /** The same with a second address for metrics and health. */
    public ServerSettings withMetrics(InetSocketAddress address) {
        return new ServerSettings(
                client, address, tls, tlsReloadInterval, eventLoops, maxRequestBytes, requestTimeout, drainTimeout);
    }

    /** The same with another time for calls under way. */
    public ServerSettings withDrainTimeout(Duration timeout) {
        return new ServerSettings(
                client, metrics, tls, tlsReloadInterval, eventLoops, maxRequestBytes, requestTimeout, timeout);
    }

    int maxMessageBytes() {
        return maxRequestBytes + MESSAGE_OVERHEAD_BYTES;
    }
}
