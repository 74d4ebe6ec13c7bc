package io.netsy.etcd.server.web;

import io.netsy.etcd.maintenance.EtcdVersion;
import io.netsy.etcd.server.metrics.PrometheusText;
import io.netsy.replication.model.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/** {@code /version}, {@code /metrics} and {@code /debug/vars}. */
public final class InfoEndpoints {
    private static final int WORTH_COMPRESSING_BYTES = 4096;

    private final EtcdVersion version;
    private final Supplier<String> metrics;

    /**
     * Endpoints over a source of metrics.
     *
     * @param version the release of etcd that the server behaves like
     * @param metrics all metrics in Prometheus' text format; may take a while, so it is asked on a thread of its own
     */
    public InfoEndpoints(EtcdVersion version, Supplier<String> metrics) {
        this.version = version;
        this.metrics = metrics;
    }

    /** Adds the endpoints. */
    public void addTo(HttpRoutes routes) {
        routes.add("/version", HttpRoutes.only("GET", this::version));
        routes.add("/metrics", this::metrics);
        routes.add("/debug/vars", InfoEndpoints::variables);
    }

    private void version(HttpExchange exchange) {
        String format = version.storage();
        exchange.respond(HttpReply.json(
                200,
                "{\"etcdserver\":\"" + version + "\",\"etcdcluster\":\"" + format + "\",\"storage\":\"" + format
                        + "\"}"));
    }

    private void metrics(HttpExchange exchange) {
        Thread.ofVirtual().name("metrics").start(() -> {
            try {
                byte[] text = metrics.get().getBytes(StandardCharsets.UTF_8);
                exchange.respond(metricsReply(text, acceptsGzip(exchange)));
            } catch (RuntimeException failure) {
                exchange.respond(HttpReply.text(500, "metrics can't be read: " + failure + "\n"));
            }
        });
    }

    private static HttpReply metricsReply(byte[] text, boolean compress) {
        if (compress && text.length >= WORTH_COMPRESSING_BYTES) {
            return new HttpReply(
                    200, PrometheusText.CONTENT_TYPE, Map.of("Content-Encoding", "gzip"), Bytes.wrap(gzip(text)));
        }
        return new HttpReply(200, PrometheusText.CONTENT_TYPE, Map.of(), Bytes.wrap(text));
    }

    private static boolean acceptsGzip(HttpExchange exchange) {
        String accepted = exchange.header("Accept-Encoding");
        return accepted != null && accepted.contains("gzip");
    }

    private static byte[] gzip(byte[] text) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(text.length / 8);
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(text);
        } catch (IOException impossible) {
            throw new UncheckedIOException("compressing in memory", impossible);
        }
        return compressed.toByteArray();
    }

    /** The process's own figures in the shape of Go's expvar. */
    private static void variables(HttpExchange exchange) {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        exchange.respond(new HttpReply(
                200,
                "application/json; charset=utf-8",
                Map.of(),
                Bytes.utf8("{\"cmdline\":[\"netsy\"],\"memstats\":{\"HeapAlloc\":" + heap.getUsed() + ",\"HeapSys\":"
                        + heap.getCommitted() + ",\"OtherSys\":" + other.getCommitted() + "},\"uptimeSeconds\":"
                        + ManagementFactory.getRuntimeMXBean().getUptime() / 1000 + ",\"threads\":"
                        + ManagementFactory.getThreadMXBean().getThreadCount() + "}\n")));
    }
}
