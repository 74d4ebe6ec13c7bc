package io.netsy.bench.lab;

import io.netsy.bench.load.LoadResult;
import io.netsy.bench.stats.LatencyHistogram;

/** One load on one server, as a line of the report. */
public final class LoadLine {
    private LoadLine() {}

    /**
     * Writes it.
     *
     * @param what was done, with its unit
     * @param latencies of the operations or events that count
     */
    public static String of(
            Subject subject, String what, LatencyHistogram latencies, LoadResult result, BlockProbe probe) {
        long count = Math.max(1, latencies.count());
        return "%-16s %,9.0f %s; p50 %.2f p99 %.2f p999 %.2f ms; CPU each: server %.1f us, tool %.1f us; others %.0f %% of the machine"
                .formatted(
                        subject.label(),
                        result.perSecond(latencies.count()),
                        what,
                        latencies.quantileNanos(0.5) / 1e6,
                        latencies.quantileNanos(0.99) / 1e6,
                        latencies.quantileNanos(0.999) / 1e6,
                        probe.serverTime().toNanos() / 1e3 / count,
                        result.toolCpuNanos() / 1e3 / count,
                        probe.othersShare() * 100);
    }
}
