package io.netsy.bench.load;

import io.netsy.bench.stats.ErrorCounts;
import io.netsy.bench.stats.LatencyHistogram;
import java.util.Map;

/**
 * What a load came to.
 *
 * @param elapsedNanos from the first operation's start to the last one's end
 * @param latencies of the operations that succeeded
 * @param errors those that did not, by kind
 * @param toolCpuNanos processor time of this process meanwhile
 */
public record LoadResult(
        long elapsedNanos, Map<Series, LatencyHistogram> latencies, ErrorCounts errors, long toolCpuNanos) {
    /** Operations that succeeded. */
    public long succeeded() {
        return latencies.entrySet().stream()
                .filter(entry -> !entry.getKey().isEvent())
                .mapToLong(entry -> entry.getValue().count())
                .sum();
    }

    /** Writes that were acknowledged. */
    public long writes() {
        return latencies.entrySet().stream()
                .filter(entry -> entry.getKey().isWrite())
                .mapToLong(entry -> entry.getValue().count())
                .sum();
    }

    /** The latencies of all operations together. */
    public LatencyHistogram allLatencies() {
        LatencyHistogram all = new LatencyHistogram();
        latencies.forEach((series, histogram) -> {
            if (!series.isEvent()) {
                all.add(histogram);
            }
        });
        return all;
    }

    /** Successful operations per second. */
    public double throughput() {
        return perSecond(succeeded());
    }

    /** So many things per second of this load. */
    public double perSecond(long count) {
        return elapsedNanos == 0 ? 0 : count * 1e9 / elapsedNanos;
    }

    /** Share of operations that failed. */
    public double errorRatio() {
        long all = succeeded() + errors.total();
        return all == 0 ? 0 : (double) errors.total() / all;
    }
}
