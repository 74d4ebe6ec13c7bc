package io.netsy.etcd.server.metrics;

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

    /** Begins a metric; its samples follow. */
    public PrometheusText family(String name, MetricType type, String help) {
        text.append("# HELP ").append(name).append(' ');
        appendEscaped(help, false);
        text.append("\n# TYPE ").append(name).append(' ').append(type.word()).append('\n');
        return this;
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

    private void appendSeries(String name, String... labels) {
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
