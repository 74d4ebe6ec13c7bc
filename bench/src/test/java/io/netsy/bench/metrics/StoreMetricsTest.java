package io.netsy.bench.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StoreMetricsTest {
    private final StoreMetrics metrics = new StoreMetrics(
            URI.create("http://127.0.0.1:1/metrics"), StoreMetrics.DEFAULT_METRIC, StoreMetrics.DEFAULT_LABEL);

    @Test
    void addsUpTheRowsOfAKind() {
        StoreRequests requests = metrics.parse("""
                # TYPE netsy_object_store_requests_total counter
                netsy_object_store_requests_total{kind="put",outcome="ok"} 12.0
                netsy_object_store_requests_total{outcome="error",kind="put",} 3
                netsy_object_store_requests_total{kind="get"} 1.5E3
                netsy_object_store_requests_total_more{kind="get"} 9
                other{kind="list"} 1
                """);

        assertThat(requests.byKind()).containsOnly(Map.entry("put", 15L), Map.entry("get", 1500L));
    }

    @Test
    void countsWhatWasAddedSince() {
        StoreRequests before = metrics.parse("netsy_object_store_requests_total{kind=\"put\"} 5\n");
        StoreRequests after = metrics.parse("""
                netsy_object_store_requests_total{kind="put"} 9
                netsy_object_store_requests_total{kind="list"} 2
                """);

        assertThat(after.since(before).of("put")).isEqualTo(4);
        assertThat(after.since(before).of("list")).isEqualTo(2);
        assertThat(after.since(before).of("get")).isZero();
    }
}
