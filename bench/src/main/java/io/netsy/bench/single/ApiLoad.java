package io.netsy.bench.single;

import io.netsy.bench.lab.Measure;
import io.netsy.bench.load.Pace;
import io.netsy.bench.load.Series;
import java.util.Optional;

/** A load on the parts of the API that are not plain reads and writes, in the order in which a round runs them. */
enum ApiLoad {
    /** Grants as many leases as the run has. */
    GRANT(Series.LEASE_GRANT, Measure.LEASE_GRANTS, Measure.LEASE_GRANT_P99, 1000, 0),
    /** Keeps those leases alive. */
    KEEPALIVE(Series.LEASE_KEEPALIVE, Measure.KEEPALIVES, Measure.KEEPALIVE_P99, 1000, 20_000),
    /** Revokes them all. */
    REVOKE(Series.LEASE_REVOKE, Measure.LEASE_REVOKES, Measure.LEASE_REVOKE_P99, 1000, 0),
    /** Reads as a user who may read a prefix, while auth is on. */
    AUTH_GET(Series.GET, Measure.AUTH_GETS, Measure.AUTH_GET_P99, 1000, 0),
    /** Many watchers of the same keys: each put is an event for each of them. */
    WATCH_PREFIX(Series.EVENT_SINCE_START, Measure.PREFIX_EVENTS, Measure.PREFIX_EVENT_P99, 10, 500),
    /** Many watchers of different keys, and as many puts as the server takes: each is an event for one of them. */
    WATCH_KEYS(Series.EVENT_SINCE_START, Measure.KEY_EVENTS, Measure.KEY_EVENT_P99, 100, 0);

    private static final int LEAST_CONNECTIONS = 10;

    private final Series series;
    private final Measure throughput;
    private final Measure latency;
    private final int clients;
    private final int ratePerSecond;

    ApiLoad(Series series, Measure throughput, Measure latency, int clients, int ratePerSecond) {
        this.series = series;
        this.throughput = throughput;
        this.latency = latency;
        this.clients = clients;
        this.ratePerSecond = ratePerSecond;
    }

    /** What of the load's result counts. */
    Series series() {
        return series;
    }

    /** How many of them per second. */
    Measure throughput() {
        return throughput;
    }

    /** The 99th percentile of their latencies, in milliseconds. */
    Measure latency() {
        return latency;
    }

    /** The same of the way from the answer to a put to its event. */
    Optional<Measure> latencySinceAck() {
        return switch (this) {
            case WATCH_PREFIX -> Optional.of(Measure.PREFIX_EVENT_ACK_P99);
            case WATCH_KEYS -> Optional.of(Measure.KEY_EVENT_ACK_P99);
            case GRANT, KEEPALIVE, REVOKE, AUTH_GET -> Optional.empty();
        };
    }

    Pace pace() {
        return new Pace(clients, ratePerSecond);
    }

    int connections() {
        return Math.max(LEAST_CONNECTIONS, clients / 10);
    }

    /** Whether no server can do more than is asked of it. */
    boolean isPaced() {
        return ratePerSecond > 0;
    }
}
