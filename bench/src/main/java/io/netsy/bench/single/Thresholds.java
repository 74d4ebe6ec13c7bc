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
import java.util.Set;

/** What a single node promises about its speed, its thrift and its size. */
final class Thresholds {
    private static final double WRITE_RATIO = 1.2;
    private static final double READ_RATIO = 1.0;
    private static final double DELAYED_WRITES_PER_SECOND = 10_000;
    private static final double S3_PUTS_PER_1000_WRITES = 15;
    private static final double IDLE_MIB = 150;
    private static final double KEYS_100K_MIB = 350;
    private static final double KEYS_1M_MIB = 700;
    private static final double START_MILLIS = 1000;
    private static final double RECOVERY_SECONDS = 5;
    private static final List<Subject> NODES = List.of(Subject.NETSY_FILE, Subject.NETSY_S3);

    private final Scoreboard figures;
    private final List<Threshold> all = new ArrayList<>();

    private Thresholds(Scoreboard figures) {
        this.figures = figures;
    }

    /**
     * Holds the figures against the promises.
     *
     * @param phases only what belongs to these was to be measured
     */
    static List<Threshold> of(Scoreboard figures, Set<Phase> phases) {
        Thresholds thresholds = new Thresholds(figures);
        phases.stream().sorted().forEach(thresholds::addAllOf);
        return List.copyOf(thresholds.all);
    }

    private void addAllOf(Phase phase) {
        switch (phase) {
            case STARTUP -> {
                addForNodes("start-up ms", Measure.START_MILLIS, new Bound.Below(START_MILLIS));
                addForNodes("idle MiB", Measure.IDLE_MIB, new Bound.Below(IDLE_MIB));
            }
            case MEMORY -> {
                addForNodes("MiB with 100,000 keys", Measure.KEYS_100K_MIB, new Bound.Below(KEYS_100K_MIB));
                addForNodes("recovery s", Measure.RECOVERY_SECONDS, new Bound.Below(RECOVERY_SECONDS));
            }
            case MILLION -> addForNodes("MiB with 1,000,000 keys", Measure.KEYS_1M_MIB, new Bound.Below(KEYS_1M_MIB));
            case THROUGHPUT -> addThroughput();
        }
    }

    private void addThroughput() {
        addRatios("creates / etcd", Measure.CREATE_1000, WRITE_RATIO);
        addRatios("puts / etcd", Measure.PUT_1000, WRITE_RATIO);
        for (Measure measure : List.of(Measure.CREATE_1000, Measure.PUT_1000)) {
            all.add(new Threshold(
                    "%s, S3 delayed".formatted(measure == Measure.PUT_1000 ? "puts/s" : "creates/s"),
                    new Bound.AtLeast(DELAYED_WRITES_PER_SECOND),
                    figures.median(Subject.NETSY_S3_DELAYED, measure)));
        }
        all.add(new Threshold(
                "S3 PUTs per 1,000 writes, 100 clients",
                new Bound.AtMost(S3_PUTS_PER_1000_WRITES),
                figures.median(Subject.NETSY_S3, Measure.S3_PUTS_100)));
        addRatios("linearizable gets / etcd", Measure.GET_LINEARIZABLE, READ_RATIO);
        addRatios("lists of 500 of 100,000 / etcd", Measure.LIST_PAGE, READ_RATIO);
        addRatios("lists of a prefix of 500 / etcd", Measure.LIST_WHOLE, READ_RATIO);
    }

    private void addRatios(String what, Measure measure, double atLeast) {
        for (Subject node : NODES) {
            Optional<Double> ratio = figures.ratios(node, Subject.ETCD, measure).map(Samples::median);
            all.add(new Threshold("%s, %s".formatted(what, node.label()), new Bound.AtLeast(atLeast), ratio));
        }
    }

    private void addForNodes(String what, Measure measure, Bound bound) {
        for (Subject node : NODES) {
            all.add(new Threshold("%s, %s".formatted(what, node.label()), bound, figures.median(node, measure)));
        }
    }
}
