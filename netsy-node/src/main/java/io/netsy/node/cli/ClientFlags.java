package io.netsy.node.cli;

import io.netsy.node.status.ClientTls;
import io.netsy.node.status.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whom a command asks, and how. */
final class ClientFlags {
    @Option(
            names = "--endpoints",
            split = ",",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:2379",
            description = "Client addresses to ask, separated by commas; https:// before one asks for TLS."
                    + " Default: 127.0.0.1:2379.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<String> endpoints;

    @Option(names = "--cacert", paramLabel = "FILE", description = "PEM file of who signs the nodes' certificates.")
    private @Nullable Path cacert;

    @Option(names = "--cert", paramLabel = "FILE", description = "PEM file of a client certificate.")
    private @Nullable Path cert;

    @Option(names = "--key", paramLabel = "FILE", description = "PEM file of its private key.")
    private @Nullable Path key;

    @Option(
            names = "--timeout-seconds",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Longest wait for each answer. Default: 5.")
    private int timeoutSeconds;

    ClientFlags() {}

    /** @throws IllegalArgumentException when they do not fit together */
    ClientTls tls() {
        return new ClientTls(cacert, cert, key);
    }

    /** @throws IllegalArgumentException when one is no address */
    List<Endpoint> endpoints() {
        boolean secure = tls().isGiven();
        return endpoints.stream()
                .map(text -> Endpoint.parse(text.strip(), secure))
                .toList();
    }

    /** @throws IllegalArgumentException when it is no time at all */
    Duration timeout() {
        if (timeoutSeconds < 1) {
            throw new IllegalArgumentException("--timeout-seconds must be at least 1, not " + timeoutSeconds);
        }
        return Duration.ofSeconds(timeoutSeconds);
    }
}
