package io.netsy.bench.cli;

import io.netsy.bench.load.LoadReport;
import io.netsy.bench.load.LoadResult;
import io.netsy.bench.load.Series;
import io.netsy.bench.stats.LatencyHistogram;
import java.io.PrintWriter;
import java.util.stream.Collectors;

/** Prints reports for people. */
final class TextReport {
    private final PrintWriter out;

    TextReport(PrintWriter out) {
        this.out = out;
    }

    void print(LoadReport report) {
        LoadResult result = report.result();
        out.printf(
                "%s: %,d clients on %,d connections to %s%n",
                report.name(),
                report.pace().clients(),
                report.target().connections(),
                report.target().endpoints().stream().map(Object::toString).collect(Collectors.joining(",")));
        out.printf(
                "  %-18s %10s %10s %10s %10s %10s %10s %10s%n",
                "", "per second", "count", "mean ms", "p50 ms", "p99 ms", "p999 ms", "max ms");
        result.latencies().forEach((series, latencies) -> printSeries(result, series, latencies));
        out.printf(
                "  %.1f s; processor time of this tool %.1f us per operation%n",
                result.elapsedNanos() / 1e9,
                result.succeeded() == 0 ? 0 : result.toolCpuNanos() / 1e3 / result.succeeded());
        out.printf("  errors: %s%n", result.errors().isEmpty() ? "none" : result.errors());
        if (!report.storeRequests().isEmpty()) {
            out.printf("  object store requests per 1,000 writes: %s%n", perThousand(report));
        }
        out.flush();
    }

    private void printSeries(LoadResult result, Series series, LatencyHistogram latencies) {
        out.printf(
                "  %-18s %,10.0f %,10d %10.2f %10.2f %10.2f %10.2f %10.2f%n",
                series.label(),
                result.perSecond(latencies.count()),
                latencies.count(),
                latencies.meanNanos() / 1e6,
                latencies.quantileNanos(0.5) / 1e6,
                latencies.quantileNanos(0.99) / 1e6,
                latencies.quantileNanos(0.999) / 1e6,
                latencies.maxNanos() / 1e6);
    }

    private static String perThousand(LoadReport report) {
        return report.storeRequests().byKind().entrySet().stream()
                .map(entry -> "%s %.2f (%d)"
                        .formatted(entry.getKey(), report.perThousandWrites(entry.getValue()), entry.getValue()))
                .collect(Collectors.joining(", "));
    }
}
