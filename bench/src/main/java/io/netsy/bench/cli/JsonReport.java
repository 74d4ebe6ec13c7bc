package io.netsy.bench.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.netsy.bench.load.LoadReport;
import io.netsy.bench.load.LoadResult;
import io.netsy.bench.stats.LatencyHistogram;
import java.util.List;

/** Reports for programs: milliseconds, and counts. */
final class JsonReport {
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private JsonReport() {}

    /** One JSON object with the list of reports. */
    static String of(List<LoadReport> reports) {
        JsonArray all = new JsonArray();
        reports.forEach(report -> all.add(of(report)));
        JsonObject root = new JsonObject();
        root.add("reports", all);
        return GSON.toJson(root);
    }

    private static JsonObject of(LoadReport report) {
        LoadResult result = report.result();
        JsonObject json = new JsonObject();
        json.addProperty("workload", report.name());
        json.addProperty("clients", report.pace().clients());
        json.addProperty("connections", report.target().connections());
        json.addProperty("seconds", result.elapsedNanos() / 1e9);
        json.addProperty("operationsPerSecond", result.throughput());
        json.addProperty("toolCpuMicrosPerOperation", result.toolCpuNanos() / 1e3 / Math.max(1, result.succeeded()));
        JsonObject series = new JsonObject();
        result.latencies().forEach((kind, latencies) -> series.add(kind.label(), of(latencies, result)));
        json.add("series", series);
        JsonObject errors = new JsonObject();
        result.errors().byKind().forEach(errors::addProperty);
        json.add("errors", errors);
        JsonObject requests = new JsonObject();
        report.storeRequests()
                .byKind()
                .forEach((kind, count) -> requests.addProperty(kind, report.perThousandWrites(count)));
        json.add("storeRequestsPerThousandWrites", requests);
        return json;
    }

    private static JsonObject of(LatencyHistogram latencies, LoadResult result) {
        JsonObject json = new JsonObject();
        json.addProperty("count", latencies.count());
        json.addProperty("perSecond", result.perSecond(latencies.count()));
        json.addProperty("meanMillis", latencies.meanNanos() / 1e6);
        json.addProperty("p50Millis", latencies.quantileNanos(0.5) / 1e6);
        json.addProperty("p99Millis", latencies.quantileNanos(0.99) / 1e6);
        json.addProperty("p999Millis", latencies.quantileNanos(0.999) / 1e6);
        json.addProperty("maxMillis", latencies.maxNanos() / 1e6);
        return json;
    }
}
