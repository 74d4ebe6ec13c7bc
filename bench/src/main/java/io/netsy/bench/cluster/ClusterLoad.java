package io.netsy.bench.cluster;

import io.netsy.bench.lab.Measure;
import io.netsy.bench.lab.Subject;
import io.netsy.bench.load.Pace;
import io.netsy.bench.load.Series;
import java.util.Optional;
import java.util.Set;

/** One of the loads that are compared, in the order in which a round runs them. */
enum ClusterLoad {
    PUTS_1000(ClusterPhase.QUORUM, Place.EVERYWHERE, 1000),
    PUTS_1000_AT_PRIMARY(ClusterPhase.QUORUM, Place.PRIMARY, 1000),
    PUTS_100(ClusterPhase.QUORUM, Place.EVERYWHERE, 100),
    PUTS_10(ClusterPhase.QUORUM, Place.EVERYWHERE, 10),
    PUTS_1(ClusterPhase.QUORUM, Place.EVERYWHERE, 1),
    GETS(ClusterPhase.READS, Place.EVERYWHERE, 1000),
    GETS_PACED(ClusterPhase.READS, Place.EVERYWHERE, 1000),
    GETS_PACED_AT_ONE(ClusterPhase.READS, Place.PRIMARY, 1000),
    EVENTS_AT_STANDBYS(ClusterPhase.WATCHES, Place.STANDBYS, 10),
    EVENTS(ClusterPhase.WATCHES, Place.EVERYWHERE, 10),
    EVENTS_AT_PRIMARY(ClusterPhase.WATCHES, Place.PRIMARY, 10);

    /**
     * Less than what one node can do: one that has more than it can answers in batches, so that a read costs it less the
     * busier it is.
     */
    private static final int PACED_GETS_PER_SECOND = 20_000;

    private static final int EVENT_PUTS_PER_SECOND = 40;
    private static final int WATCH_CONNECTIONS = 12;

    private final ClusterPhase phase;
    private final Place place;
    private final int clients;

    ClusterLoad(ClusterPhase phase, Place place, int clients) {
        this.phase = phase;
        this.place = place;
        this.clients = clients;
    }

    /** Where what is measured is noted. */
    private record Figures(Measure throughput, Measure p50, Measure p99) {}

    private Figures figures() {
        return switch (this) {
            case PUTS_1000 -> new Figures(Measure.PUT_1000, Measure.PUT_1000_P50, Measure.PUT_1000_P99);
            case PUTS_1000_AT_PRIMARY ->
                new Figures(Measure.PRIMARY_PUT_1000, Measure.PRIMARY_PUT_1000_P50, Measure.PRIMARY_PUT_1000_P99);
            case PUTS_100 -> new Figures(Measure.PUT_100, Measure.PUT_100_P50, Measure.PUT_100_P99);
            case PUTS_10 -> new Figures(Measure.PUT_10, Measure.PUT_10_P50, Measure.PUT_10_P99);
            case PUTS_1 -> new Figures(Measure.PUT_1, Measure.PUT_1_P50, Measure.PUT_1_P99);
            case GETS -> new Figures(Measure.GET_SERIALIZABLE, Measure.GET_P50, Measure.GET_P99);
            case GETS_PACED -> new Figures(Measure.GET_PACED, Measure.GET_PACED_P50, Measure.GET_PACED_P99);
            case GETS_PACED_AT_ONE ->
                new Figures(Measure.GET_ONE_NODE, Measure.GET_ONE_NODE_P50, Measure.GET_ONE_NODE_P99);
            case EVENTS_AT_STANDBYS ->
                new Figures(Measure.STANDBY_EVENTS, Measure.STANDBY_EVENT_P50, Measure.STANDBY_EVENT_P99);
            case EVENTS -> new Figures(Measure.SPREAD_EVENTS, Measure.SPREAD_EVENT_P50, Measure.SPREAD_EVENT_P99);
            case EVENTS_AT_PRIMARY ->
                new Figures(Measure.PRIMARY_EVENTS, Measure.PRIMARY_EVENT_P50, Measure.PRIMARY_EVENT_P99);
        };
    }

    /** Where its clients are; of a watch, its watchers: their puts go everywhere. */
    Place place() {
        return place;
    }

    /** How many operations or events per second. */
    Measure throughput() {
        return figures().throughput();
    }

    /** Their median latency, in milliseconds. */
    Measure p50() {
        return figures().p50();
    }

    /** The 99th percentile. */
    Measure p99() {
        return figures().p99();
    }

    int clients() {
        return clients;
    }

    boolean isWatch() {
        return phase == ClusterPhase.WATCHES;
    }

    boolean isPut() {
        return phase == ClusterPhase.QUORUM;
    }

    Pace pace() {
        return switch (this) {
            case GETS_PACED, GETS_PACED_AT_ONE -> new Pace(clients, PACED_GETS_PER_SECOND);
            case EVENTS_AT_STANDBYS, EVENTS, EVENTS_AT_PRIMARY -> new Pace(clients, EVENT_PUTS_PER_SECOND);
            case PUTS_1000, PUTS_1000_AT_PRIMARY, PUTS_100, PUTS_10, PUTS_1, GETS -> Pace.unlimited(clients);
        };
    }

    /** A client alone has one to each node. */
    int connections() {
        if (isWatch()) {
            return WATCH_CONNECTIONS;
        }
        return clients == 1 ? 3 : Math.max(10, clients / 10);
    }

    /** What of the result counts. */
    Series series() {
        return switch (phase) {
            case QUORUM, DELAYED -> Series.PUT;
            case READS -> Series.GET;
            case WATCHES -> Series.EVENT_SINCE_START;
        };
    }

    /** On an object store far away: where the median is put in relation to the time of an S3 PUT. */
    Optional<Measure> medianInS3Puts() {
        return switch (this) {
            case PUTS_1000 -> Optional.of(Measure.PUT_1000_S3);
            case PUTS_100 -> Optional.of(Measure.PUT_100_S3);
            case PUTS_1 -> Optional.of(Measure.PUT_1_S3);
            case PUTS_1000_AT_PRIMARY,
                    PUTS_10,
                    GETS,
                    GETS_PACED,
                    GETS_PACED_AT_ONE,
                    EVENTS_AT_STANDBYS,
                    EVENTS,
                    EVENTS_AT_PRIMARY -> Optional.empty();
        };
    }

    /** Whether a run of these parts has it on this cluster. */
    boolean runsOn(Subject subject, Set<ClusterPhase> phases) {
        return subject == Subject.NETSY_ON_DELAYED
                ? phases.contains(ClusterPhase.DELAYED) && medianInS3Puts().isPresent()
                : phases.contains(phase);
    }
}
