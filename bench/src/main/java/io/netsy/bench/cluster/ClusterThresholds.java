package io.netsy.bench.cluster;

import io.netsy.bench.lab.Measure;
import io.netsy.bench.lab.Scoreboard;
import io.netsy.bench.lab.Subject;
import io.netsy.bench.lab.Threshold;
import io.netsy.bench.lab.Threshold.Bound;
import io.netsy.bench.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What three nodes promise. */
final class ClusterThresholds {
    /** The aim is 3. */
    private static final double QUORUM_PUT_RATIO = 2.0;

    private static final double LATENCY_RATIO = 1.0;
    private static final double DELAYED_WRITES_PER_SECOND = 10_000;
    private static final double MEDIAN_IN_S3_PUTS = 1.5;
    /** Half of what is gained in theory: a node alone answers in larger batches, and the puts are the primary's work wherever watchers are. */
    private static final double SCALE = 1.5;

    private static final double READ_RATIO = 1.0;
    /** Both do what is asked of them; which of them did a thousandth more says nothing. */
    private static final double PACED_THROUGHPUT_RATIO = 0.98;

    private final Scoreboard figures;
    private final List<Threshold> all = new ArrayList<>();

    private ClusterThresholds(Scoreboard figures) {
        this.figures = figures;
    }

    /**
     * Holds the figures against the promises.
     *
     * @param phases only what belongs to these was to be measured
     */
    static List<Threshold> of(Scoreboard figures, Set<ClusterPhase> phases) {
        ClusterThresholds thresholds = new ClusterThresholds(figures);
        phases.stream().sorted().forEach(thresholds::addAllOf);
        return List.copyOf(thresholds.all);
    }

    private void addAllOf(ClusterPhase phase) {
        switch (phase) {
            case QUORUM -> addPuts();
            case READS -> {
                addFigure("gets of the busiest node, three / one", Measure.GET_CPU_SCALE, SCALE);
                addRatio("gets over three nodes / etcd", Measure.GET_SERIALIZABLE, new Bound.AtLeast(READ_RATIO));
            }
            case WATCHES -> {
                addRatio(
                        "events at standbys / etcd", Measure.STANDBY_EVENTS, new Bound.AtLeast(PACED_THROUGHPUT_RATIO));
                addRatio("events at standbys p50 / etcd", Measure.STANDBY_EVENT_P50, new Bound.AtMost(LATENCY_RATIO));
                addFigure("events of the busiest node, three / one", Measure.EVENT_CPU_SCALE, SCALE);
            }
            case DELAYED -> addDelayed();
        }
    }

    private void addPuts() {
        addRatio("puts / etcd, 1,000 clients", Measure.PUT_1000, new Bound.AtLeast(QUORUM_PUT_RATIO));
        for (ClusterLoad load : List.of(ClusterLoad.PUTS_1, ClusterLoad.PUTS_10, ClusterLoad.PUTS_100)) {
            String clients = load.clients() == 1 ? "1 client" : load.clients() + " clients";
            addRatio("p50 / etcd, " + clients, load.p50(), new Bound.AtMost(LATENCY_RATIO));
            addRatio("p99 / etcd, " + clients, load.p99(), new Bound.AtMost(LATENCY_RATIO));
        }
    }

    /**
     * The median is held against the PUT where the processors are not busy: at 1,000 clients a median of 1.5 times 20 ms
     * would be 33,000 writes per second, which is not promised.
     */
    private void addDelayed() {
        all.add(new Threshold(
                "puts/s at on, S3 delayed, 1,000 clients",
                new Bound.AtLeast(DELAYED_WRITES_PER_SECOND),
                figures.median(Subject.NETSY_ON_DELAYED, Measure.PUT_1000)));
        for (Measure measure : List.of(Measure.PUT_1_S3, Measure.PUT_100_S3)) {
            all.add(new Threshold(
                    "p50 at on / S3 PUT, " + (measure == Measure.PUT_1_S3 ? "1 client" : "100 clients"),
                    new Bound.AtMost(MEDIAN_IN_S3_PUTS),
                    figures.median(Subject.NETSY_ON_DELAYED, measure)));
        }
    }

    private void addRatio(String what, Measure measure, Bound bound) {
        Optional<Double> ratio =
                figures.ratios(Subject.NETSY_QUORUM, Subject.ETCD, measure).map(Samples::median);
        all.add(new Threshold(what, bound, ratio));
    }

    private void addFigure(String what, Measure measure, double atLeast) {
        all.add(new Threshold(what, new Bound.AtLeast(atLeast), figures.median(Subject.NETSY_QUORUM, measure)));
    }
}
