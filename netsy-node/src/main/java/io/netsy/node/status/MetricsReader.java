package io.netsy.node.status;

import io.netsy.node.status.NodeStatus.Figures;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Reads the figures that a node shows on its metrics page. For any thread. */
final class MetricsReader implements AutoCloseable {
    private static final int OK = 200;

    private final HttpClient http;
    private final Duration timeout;

    MetricsReader(ClientTls tls, Duration timeout) throws IOException {
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .sslContext(tls.forHttp())
                .build();
        this.timeout = timeout;
    }

    Figures read(URI page) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(HttpRequest.newBuilder(page).timeout(timeout).build(), BodyHandlers.ofString());
        if (answer.statusCode() != OK) {
            throw new IOException("it answers with status " + answer.statusCode());
        }
        return figures(MetricsPage.parse(answer.body()));
    }

    static Figures figures(MetricsPage page) {
        Map<String, Long> requests = new LinkedHashMap<>();
        page.sums("netsy_object_store_requests_total", "kind")
                .forEach((kind, count) -> requests.put(kind, Math.round(count)));
        OptionalDouble price = page.value("netsy_object_store_request_price_usd_total");
        return new Figures(
                whole(page.value("etcd_debugging_mvcc_compact_revision")),
                whole(page.value("netsy_commit_batches_total")),
                whole(page.value("netsy_commit_entries_total")),
                requests,
                price.isPresent() ? price.getAsDouble() : null,
                whole(page.value("netsy_replica_backlog_bytes")),
                ReplicationFigures.of(page),
                elector(page));
    }

    private static @Nullable String elector(MetricsPage page) {
        List<Map<String, String>> electors = page.labels("netsy_elector_info");
        return electors.isEmpty() ? null : electors.getFirst().get("elector");
    }

    private static @Nullable Long whole(OptionalDouble value) {
        return value.isPresent() ? Math.round(value.getAsDouble()) : null;
    }

    /** The innermost reason that has words. */
    static String reason(Throwable failure) {
        String reason = failure.getClass().getSimpleName();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null) {
                reason = cause.getMessage();
            }
        }
        return reason.lines().findFirst().orElse(reason);
    }

    @Override
    public void close() {
        http.close();
    }
}
