package io.netsy.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.etcd.server.metrics.PrometheusText;
import io.netsy.node.objectstore.StoreRequest;
import io.netsy.node.objectstore.StoreRequest.Kind;
import io.netsy.node.objectstore.StoreRequest.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeMetricsTest {
    @Test
    void requestsCountByKindAndOutcomeWithBytesTimeAndPrice() {
        try (NodeMetrics metrics = new NodeMetrics()) {
            metrics.storeListener()
                    .requestEnded(new StoreRequest(Kind.PUT, Outcome.DONE, 1_000, 0, Duration.ofMillis(30)));
            metrics.storeListener()
                    .requestEnded(new StoreRequest(Kind.PUT, Outcome.FAILED, 1_000, 0, Duration.ofSeconds(11)));
            metrics.storeListener()
                    .requestEnded(new StoreRequest(Kind.GET, Outcome.MISSING, 0, 7, Duration.ofMillis(1)));

            Exposition page = Exposition.parse(metrics.text());

            String requests = "netsy_object_store_requests_total";
            assertThat(page.labelSets(requests)).hasSize(Kind.values().length * Outcome.values().length);
            assertThat(page.value(requests, "kind", "put", "outcome", "done")).isEqualTo(1);
            assertThat(page.value(requests, "kind", "put", "outcome", "failed")).isEqualTo(1);
            assertThat(page.value(requests, "kind", "get", "outcome", "missing"))
                    .isEqualTo(1);
            assertThat(page.value(requests, "kind", "get", "outcome", "done")).isZero();
            String times = "netsy_object_store_request_duration_seconds";
            assertThat(page.value(times + "_bucket", "kind", "put", "le", "0.05"))
                    .isEqualTo(1);
            assertThat(page.value(times + "_count", "kind", "put")).isEqualTo(2);
            assertThat(page.value("netsy_object_store_sent_bytes_total", "kind", "put"))
                    .isEqualTo(2_000);
            assertThat(page.value("netsy_object_store_received_bytes_total", "kind", "get"))
                    .isEqualTo(7);
            assertThat(page.value("netsy_object_store_request_price_usd_total"))
                    .isEqualTo(2 * 0.005 / 1_000 + 0.0004 / 1_000);
        }
    }

    @Test
    void stagesAreTimedAndCounted() {
        try (NodeMetrics metrics = new NodeMetrics()) {
            metrics.stages().sealed(3, 500, 1_500_000);
            metrics.stages().committed(3, 40_000_000, 10_000);
            metrics.stages().queued(7);
            metrics.recovered(Duration.ofMillis(1_500));
            metrics.started(Duration.ofSeconds(2));

            Exposition page = Exposition.parse(metrics.text());

            assertThat(page.value("netsy_commit_entries_total")).isEqualTo(3);
            assertThat(page.value("netsy_commit_batches_total")).isEqualTo(1);
            assertThat(page.value("netsy_log_bytes_total")).isEqualTo(500);
            assertThat(page.value("netsy_proposals_queued")).isEqualTo(7);
            assertThat(page.value("netsy_recovery_duration_seconds")).isEqualTo(1.5);
            assertThat(page.value("netsy_start_duration_seconds")).isEqualTo(2);
            String bucket = "netsy_commit_stage_duration_seconds_bucket";
            assertThat(page.value(bucket, "stage", "gather", "le", "0.001")).isZero();
            assertThat(page.value(bucket, "stage", "gather", "le", "0.002")).isEqualTo(1);
            assertThat(page.value(bucket, "stage", "store", "le", "0.05")).isEqualTo(1);
        }
    }

    @Test
    void memoryIsReadInKibibytes(@TempDir Path folder) throws Exception {
        Path status = folder.resolve("status");
        Files.writeString(status, "Name:\tjava\nVmSize:\t    2048 kB\nVmRSS:\t    1024 kB\n");
        PrometheusText text = new PrometheusText();
        new ProcessFigures(status).write(text);

        Exposition page = Exposition.parse(text.toString());

        assertThat(page.value("process_resident_memory_bytes")).isEqualTo(1 << 20);
        assertThat(page.value("process_virtual_memory_bytes")).isEqualTo(2 << 20);
        assertThat(page.value("os_fd_used")).isPositive().isLessThan(page.value("os_fd_limit"));
        assertThat(page.value("process_cpu_seconds_total")).isPositive();
    }

    @Test
    void whereThereIsNoStatusFileMemoryIsLeftOut(@TempDir Path folder) {
        PrometheusText text = new PrometheusText();
        new ProcessFigures(folder.resolve("missing")).write(text);

        assertThat(Exposition.parse(text.toString()).families())
                .doesNotContainKey("process_resident_memory_bytes")
                .containsKey("process_start_time_seconds");
    }
}
