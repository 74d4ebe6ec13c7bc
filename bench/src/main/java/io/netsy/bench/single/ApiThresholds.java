package io.netsy.bench.single;

import io.netsy.bench.lab.Measure;
import io.netsy.bench.lab.Scoreboard;
import io.netsy.bench.lab.Subject;
import io.netsy.bench.lab.Threshold;
import io.netsy.bench.lab.Threshold.Bound;
import io.netsy.bench.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a single node promises of leases, auth and watches: at least etcd's throughput and at most its latency. */
final class ApiThresholds {
    private static final double THROUGHPUT_RATIO = 1.0;
    /** Both do what is asked of them; which of them did a thousandth more says nothing. */
    private static final double PACED_THROUGHPUT_RATIO = 0.98;

    private static final double LATENCY_RATIO = 1.0;

    private ApiThresholds() {}

    /** Holds the figures against the promises. */
    static List<Threshold> of(Scoreboard figures) {
        List<Threshold> thresholds = new ArrayList<>();
        for (ApiLoad load : ApiLoad.values()) {
            thresholds.add(new Threshold(
                    name(load) + " / etcd",
                    new Bound.AtLeast(load.isPaced() ? PACED_THROUGHPUT_RATIO : THROUGHPUT_RATIO),
                    ratio(figures, load.throughput())));
            thresholds.add(new Threshold(
                    name(load) + " p99 / etcd", new Bound.AtMost(LATENCY_RATIO), ratio(figures, load.latency())));
        }
        return List.copyOf(thresholds);
    }

    private static String name(ApiLoad load) {
        return switch (load) {
            case GRANT -> "lease grants";
            case KEEPALIVE -> "keepalives";
            case REVOKE -> "lease revokes";
            case AUTH_GET -> "gets with auth";
            case WATCH_PREFIX -> "events to 1,000 watchers of a prefix";
            case WATCH_KEYS -> "events to 10,000 watchers of keys";
        };
    }

    private static Optional<Double> ratio(Scoreboard figures, Measure measure) {
        return figures.ratios(Subject.NETSY_FILE, Subject.ETCD, measure).map(Samples::median);
    }
}
