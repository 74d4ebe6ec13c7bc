package io.netsy.etcd.server.metrics;

/** What kind of number a metric is. */
public enum MetricType {
    COUNTER("counter"),
    GAUGE("gauge"),
    HISTOGRAM("histogram"),
    SUMMARY("summary"),
    UNTYPED("untyped");

    private final String word;

    MetricType(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}
