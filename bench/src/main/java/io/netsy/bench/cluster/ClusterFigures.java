package io.netsy.bench.cluster;

import io.netsy.bench.lab.Measure;
import io.netsy.bench.lab.Scoreboard;
import io.netsy.bench.lab.Subject;
import io.netsy.bench.load.LoadResult;
import io.netsy.bench.load.Series;
import io.netsy.bench.stats.LatencyHistogram;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * Figures of loads, and what follows from two loads of one round.
 *
 * <p>How far three nodes do more than one is told in two ways. Throughput says it where nodes have machines of their
 * own. Where they share one, the processor time of the busiest node says it: a node that is asked for a third of the
 * work, and needs a third of the time, leaves room for three times as much.
 */
final class ClusterFigures {
    private final Scoreboard figures;
    private final Map<Subject, Map<ClusterLoad, Rate>> round = new EnumMap<>(Subject.class);

    ClusterFigures(Scoreboard figures) {
        this.figures = figures;
    }

    /** Per second of the clock, and per second of processor time of the busiest node. */
    private record Rate(double perSecond, double perProcessorSecond) {}

    /** Takes a load's figures. */
    void note(ClusterLoad load, Subject subject, LoadResult result, Duration busiestNode) {
        LatencyHistogram latencies = latenciesOf(load.series(), result);
        double perSecond = result.perSecond(latencies.count());
        figures.add(subject, load.throughput(), perSecond);
        figures.add(subject, load.p50(), millis(latencies, 0.5));
        figures.add(subject, load.p99(), millis(latencies, 0.99));
        if (load == ClusterLoad.EVENTS_AT_STANDBYS) {
            LatencyHistogram sinceAck = latenciesOf(Series.EVENT_SINCE_ACK, result);
            figures.add(subject, Measure.STANDBY_EVENT_ACK_P99, millis(sinceAck, 0.99));
        }
        double busySeconds = Math.max(1, busiestNode.toNanos()) / 1e9;
        round.computeIfAbsent(subject, _ -> new EnumMap<>(ClusterLoad.class))
                .put(load, new Rate(perSecond, latencies.count() / busySeconds));
    }

    /** Takes the time of an S3 PUT that was measured right after this load. */
    void noteS3Put(ClusterLoad load, Subject subject, LoadResult result, LatencyHistogram puts) {
        double put = millis(puts, 0.5);
        double commit = millis(latenciesOf(load.series(), result), 0.5);
        load.medianInS3Puts().ifPresent(measure -> figures.add(subject, measure, commit / put));
        if (load == ClusterLoad.PUTS_1000) {
            figures.add(subject, Measure.S3_PUT_MILLIS, put);
        }
    }

    /** Compares the round's loads on three nodes with those on one, and forgets them. */
    void endRound() {
        round.forEach((subject, rates) -> {
            Rate gets = rates.get(ClusterLoad.GETS_PACED);
            Rate getsAtOne = rates.get(ClusterLoad.GETS_PACED_AT_ONE);
            if (gets != null && getsAtOne != null) {
                figures.add(subject, Measure.GET_CPU_SCALE, gets.perProcessorSecond() / getsAtOne.perProcessorSecond());
            }
            Rate events = rates.get(ClusterLoad.EVENTS);
            Rate eventsAtOne = rates.get(ClusterLoad.EVENTS_AT_PRIMARY);
            if (events != null && eventsAtOne != null) {
                figures.add(
                        subject,
                        Measure.EVENT_CPU_SCALE,
                        events.perProcessorSecond() / eventsAtOne.perProcessorSecond());
            }
        });
        round.clear();
    }

    static LatencyHistogram latenciesOf(Series series, LoadResult result) {
        return result.latencies().getOrDefault(series, new LatencyHistogram());
    }

    private static double millis(LatencyHistogram latencies, double quantile) {
        return latencies.quantileNanos(quantile) / 1e6;
    }
}
