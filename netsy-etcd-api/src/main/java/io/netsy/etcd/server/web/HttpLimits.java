package io.netsy.etcd.server.web;

import java.time.Duration;

/**
 * What one HTTP/1.1 connection may cost.
 *
 * @param maxLineBytes of the request line
 * @param maxHeaderBytes of all headers of a request
 * @param maxBodyBytes of a request's body
 * @param requestTimeout from a request's first byte to its last
 * @param idleTimeout between requests
 * @param writeTimeout in which a client must take what was written
 */
public record HttpLimits(
        int maxLineBytes,
        int maxHeaderBytes,
        int maxBodyBytes,
        Duration requestTimeout,
        Duration idleTimeout,
        Duration writeTimeout) {
    /** Bounds for a client port: bodies are JSON, a third larger than the request in them. */
    public static HttpLimits forRequests(int maxRequestBytes) {
        return new HttpLimits(
                16 << 10,
                64 << 10,
                (int) Math.min(Integer.MAX_VALUE, 4L * maxRequestBytes / 3 + (64 << 10)),
                Duration.ofSeconds(20),
                Duration.ofMinutes(3),
                Duration.ofSeconds(30));
    }
}
