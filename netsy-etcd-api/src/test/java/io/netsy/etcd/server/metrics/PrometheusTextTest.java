package io.netsy.etcd.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.etcd.meter.Histogram;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {
    @Test
    void histogramsAreWrittenAsGoWritesThem() {
        Histogram histogram = Histogram.ofSeconds(Duration.ofNanos(100_000), 3);
        histogram.record(150_000);

        PrometheusText text = new PrometheusText()
                .family("etcd_x_seconds", MetricType.HISTOGRAM, "How long.")
                .distribution("etcd_x_seconds", histogram, "op", "Put");

        assertThat(text).hasToString("""
                # HELP etcd_x_seconds How long.
                # TYPE etcd_x_seconds histogram
                etcd_x_seconds_bucket{op="Put",le="0.0001"} 0
                etcd_x_seconds_bucket{op="Put",le="0.0002"} 1
                etcd_x_seconds_bucket{op="Put",le="0.0004"} 1
                etcd_x_seconds_bucket{op="Put",le="+Inf"} 1
                etcd_x_seconds_sum{op="Put"} 1.5E-4
                etcd_x_seconds_count{op="Put"} 1
                """);
    }

    @Test
    void oneSampleMetrics() {
        PrometheusText text = new PrometheusText()
                .gauge("etcd_g_total", "A gauge.", 2)
                .counter("etcd_c", "A counter.", 3)
                .label("etcd_l", "A label.", "version", "3.6");

        assertThat(text.toString())
                .contains("# TYPE etcd_g_total gauge\netcd_g_total 2\n")
                .contains("# TYPE etcd_c counter\netcd_c 3\n")
                .contains("# TYPE etcd_l gauge\netcd_l{version=\"3.6\"} 1\n");
    }

    @Test
    void aMetricWithoutSamplesIsLeftOut() {
        PrometheusText text = new PrometheusText().family("etcd_none", MetricType.GAUGE, "Nothing yet.");

        assertThat(text.gauge("etcd_g", "A gauge.", 0.5)).hasToString("""
                # HELP etcd_g A gauge.
                # TYPE etcd_g gauge
                etcd_g 0.5
                """);
    }
}
