package io.netsy.etcd.server.metrics;

import io.netsy.etcd.meter.Histogram;
import java.math.BigDecimal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Metrics in Prometheus' text format, version 0.0.4, as it is being written.
 *
 * <p>Names are written exactly as given: nothing is appended, so that they are those of etcd's dashboards and alerts.
 * For use by one thread.
 */
public final class PrometheusText {
    /** The media type of the text. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final double EXACT_INTEGERS = 1L << 53;

    private final StringBuilder text = new StringBuilder(16_384);
    private @Nullable Family begun;

    /** Begins a metric; its samples follow. One without samples is left out, as Go's library does. */
    public PrometheusText family(String name, MetricType type, String help) {
        begun = new Family(name, type, help);
        return this;
    }

    private record Family(String name, MetricType type, String help) {}

    private void maybeAppendHead() {
        Family family = begun;
        if (family != null) {
            begun = null;
            text.append("# HELP ").append(family.name).append(' ');
            appendEscaped(family.help, false);
            text.append("\n# TYPE ").append(family.name).append(' ');
            text.append(family.type.word()).append('\n');
        }
    }

    /**
     * One sample.
     *
     * @param labels names and values in turn
     */
    public PrometheusText sample(String name, double value, String... labels) {
        appendSeries(name, labels);
        appendNumber(value);
        text.append('\n');
        return this;
    }

    /** One sample of a whole number, as {@link #sample(String, double, String...)}. */
    public PrometheusText sample(String name, long value, String... labels) {
        appendSeries(name, labels);
        text.append(value).append('\n');
        return this;
    }

    /** A metric of one gauge without labels. */
    public PrometheusText gauge(String name, String help, double value) {
        return family(name, MetricType.GAUGE, help).sample(name, value);
    }

    /** A metric of one gauge without labels, of a whole number. */
    public PrometheusText gauge(String name, String help, long value) {
        return family(name, MetricType.GAUGE, help).sample(name, value);
    }

    /** A metric of one gauge that is always 1 and whose label says something, as etcd shows versions. */
    public PrometheusText label(String name, String help, String label, String value) {
        return family(name, MetricType.GAUGE, help).sample(name, 1L, label, value);
    }

    /** A metric of one counter without labels. */
    public PrometheusText counter(String name, String help, long value) {
        return family(name, MetricType.COUNTER, help).sample(name, value);
    }

    /** A metric of one histogram without labels. */
    public PrometheusText histogram(String name, String help, Histogram histogram) {
        return family(name, MetricType.HISTOGRAM, help).distribution(name, histogram);
    }

    /**
     * The samples of one histogram, as {@link #sample(String, long, String...)}.
     *
     * @param labels names and values in turn, without {@code le}
     */
    public PrometheusText distribution(String name, Histogram histogram, String... labels) {
        Histogram.Snapshot now = histogram.snapshot();
        String[] bucketLabels = Arrays.copyOf(labels, labels.length + 2);
        bucketLabels[labels.length] = "le";
        for (int i = 0; i < now.cumulative().length; i++) {
            bucketLabels[labels.length + 1] = i < now.bounds().length ? plain(now.bounds()[i]) : "+Inf";
            sample(name + "_bucket", now.cumulative()[i], bucketLabels);
        }
        return sample(name + "_sum", now.sum(), labels)
                .sample(name + "_count", now.cumulative()[now.cumulative().length - 1], labels);
    }

    /** A bound in the digits that Go's library writes: series are matched by this text. */
    private static String plain(double bound) {
        return BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString();
    }

    private void appendSeries(String name, String... labels) {
        maybeAppendHead();
        text.append(name);
        for (int i = 0; i < labels.length; i += 2) {
            text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
            appendEscaped(labels[i + 1], true);
            text.append('"');
        }
        text.append(labels.length == 0 ? " " : "} ");
    }

    /** A number as the format wants it: {@code 5}, {@code 0.25}, {@code +Inf}, {@code NaN}. */
    public static String number(double value) {
        PrometheusText one = new PrometheusText();
        one.appendNumber(value);
        return one.toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }

    private void appendNumber(double value) {
        if (Double.isNaN(value)) {
            text.append("NaN");
        } else if (Double.isInfinite(value)) {
            text.append(value > 0 ? "+Inf" : "-Inf");
        } else if (value == Math.rint(value) && Math.abs(value) < EXACT_INTEGERS) {
            text.append((long) value);
        } else {
            text.append(value);
        }
    }

    private void appendEscaped(String raw, boolean quoted) {
        for (int i = 0; i < raw.length(); i++) {
            char letter = raw.charAt(i);
            switch (letter) {
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '"' -> text.append(quoted ? "\\\"" : "\"");
                default -> text.append(letter);
            }
        }
    }
}
