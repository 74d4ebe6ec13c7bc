package io.netsy.bench.cli;

import io.netsy.bench.load.Endpoint;
import io.netsy.bench.load.Extent;
import io.netsy.bench.load.LoadPlan;
import io.netsy.bench.load.Pace;
import io.netsy.bench.load.Probe;
import io.netsy.bench.load.Shape;
import io.netsy.bench.load.Target;
import io.netsy.bench.load.TlsFiles;
import io.netsy.bench.metrics.StoreMetrics;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that every load command has. */
final class LoadOptions {
    private static final int CLIENTS_PER_CONNECTION = 10;

    @Option(
            names = "--endpoints",
            paramLabel = "LIST",
            defaultValue = "127.0.0.1:2379",
            description = "Servers, separated by commas; https:// for TLS (default: ${DEFAULT-VALUE}).")
    String endpoints = "";

    @Option(names = "--cacert", paramLabel = "FILE", description = "PEM file of the authority that signed the servers.")
    @Nullable
    Path authority;

    @Option(names = "--cert", paramLabel = "FILE", description = "PEM file of the client certificate.")
    @Nullable
    Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "PEM file of its key, in PKCS #8.")
    @Nullable
    Path key;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "100",
            description = "Clients, each with one operation under way (default: ${DEFAULT-VALUE}).")
    int clients;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Connections that they share (default: one for each ten clients).")
    @Nullable
    Integer connections;

    @Option(names = "--total", paramLabel = "N", description = "Operations to measure (default: no limit).")
    @Nullable
    Long total;

    @Option(names = "--duration", paramLabel = "TIME", description = "Time to measure (default: 10s without --total).")
    @Nullable
    String duration;

    @Option(
            names = "--warmup",
            paramLabel = "N|TIME",
            defaultValue = "20000",
            description =
                    "Operations or time before, not measured. A server on a JVM that was just started needs 150000"
                            + " puts (default: ${DEFAULT-VALUE}).")
    String warmup = "";

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "Operations per second of all clients; latencies then count from when an operation was due"
                    + " (default: as many as the clients can).")
    double rate;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "After which an operation is given up (default: ${DEFAULT-VALUE}).")
    String timeout = "";

    @Option(
            names = "--keys",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Keys that the load comes back to (default: ${DEFAULT-VALUE}).")
    long keys;

    @Option(
            names = "--key-bytes",
            paramLabel = "N",
            defaultValue = "32",
            description = "Length of each key (default: ${DEFAULT-VALUE}).")
    int keyBytes;

    @Option(
            names = "--value-bytes",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Length of each value (default: ${DEFAULT-VALUE}).")
    int valueBytes;

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            defaultValue = "/b",
            description = "What every key begins with (default: ${DEFAULT-VALUE}).")
    String prefix = "";

    @Option(names = "--no-verify", description = "Do not read back what was acknowledged.")
    boolean unverified;

    @Option(
            names = "--max-error-ratio",
            paramLabel = "R",
            defaultValue = "0",
            description = "Exit with 1 when a larger share of operations fails (default: ${DEFAULT-VALUE}).")
    double maxErrorRatio;

    @Option(
            names = "--metrics",
            paramLabel = "URL",
            description = "Netsy's Prometheus page, to print its requests to the object store per 1,000 writes.")
    @Nullable
    URI metricsPage;

    @Option(
            names = "--store-metric",
            paramLabel = "NAME",
            defaultValue = StoreMetrics.DEFAULT_METRIC,
            description = "The counter of these requests (default: ${DEFAULT-VALUE}).")
    String storeMetric = "";

    @Option(
            names = "--store-label",
            paramLabel = "NAME",
            defaultValue = StoreMetrics.DEFAULT_LABEL,
            description = "Its label that tells puts from gets (default: ${DEFAULT-VALUE}).")
    String storeLabel = "";

    @Option(names = "--json", description = "Print a JSON object on standard output, the text on standard error.")
    boolean json;

    Target target() {
        int number = connections != null ? connections : Math.max(1, clients / CLIENTS_PER_CONNECTION);
        return new Target(
                Endpoint.parseAll(endpoints),
                new TlsFiles(authority, certificate, key),
                Math.min(number, Math.max(1, clients)),
                Extent.parseTime(timeout));
    }

    Pace pace() {
        return new Pace(clients, rate);
    }

    Extent measured() {
        if (total != null && duration != null) {
            throw new IllegalArgumentException("--total and --duration exclude each other");
        }
        if (total != null) {
            return new Extent.Operations(total);
        }
        return new Extent.Time(Extent.parseTime(duration == null ? "10s" : duration));
    }

    LoadPlan plan() {
        return new LoadPlan(pace(), Extent.parse(warmup), measured(), !unverified);
    }

    Shape shape() {
        return new Shape(prefix, keyBytes, keys, valueBytes);
    }

    Probe probe() {
        return Probe.of(metricsPage == null ? null : new StoreMetrics(metricsPage, storeMetric, storeLabel));
    }
}
