package io.netsy.bench.load;

import java.time.Duration;
import java.util.List;

/**
 * Where the load goes.
 *
 * @param connections how many, spread evenly over the endpoints
 * @param timeout after which an operation is given up and counts as an error
 */
public record Target(List<Endpoint> endpoints, TlsFiles tls, int connections, Duration timeout) {
    public Target {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty() || connections < 1 || !timeout.isPositive()) {
            throw new IllegalArgumentException("%d endpoints, %d connections, timeout %s: all must be above 0"
                    .formatted(endpoints.size(), connections, timeout));
        }
    }

    /** The same servers over another number of connections. */
    public Target withConnections(int number) {
        return new Target(endpoints, tls, number, timeout);
    }
}
