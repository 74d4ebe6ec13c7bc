package io.netsy.node.status;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The samples of a page in Prometheus' text format, by name with labels as written, {@code name{a="b"}}. */
record MetricsPage(Map<String, Double> samples) {
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

    static MetricsPage parse(String text) {
        Map<String, Double> samples = new HashMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int end = line.lastIndexOf(' ');
            if (end > 0) {
                try {
                    samples.put(line.substring(0, end).strip(), Double.parseDouble(line.substring(end + 1)));
                } catch (NumberFormatException e) {
                    // A line of something else; what is looked for is missing then, and shown so.
                }
            }
        });
        return new MetricsPage(samples);
    }

    /** The value of a sample without labels. */
    OptionalDouble value(String name) {
        Double value = samples.get(name);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** The sums of a family by one of its labels, in the order of the label's values. */
    SortedMap<String, Double> sums(String name, String label) {
        Pattern pattern =
                Pattern.compile(Pattern.quote(name) + "\\{(?:.*,)?" + Pattern.quote(label) + "=\"([^\"]*)\".*}");
        SortedMap<String, Double> sums = new TreeMap<>();
        samples.forEach((sample, value) -> {
            Matcher matcher = pattern.matcher(sample);
            if (matcher.matches()) {
                sums.merge(matcher.group(1), value, Double::sum);
            }
        });
        return sums;
    }

    /** The labels of every sample of a family, by name, in the order of their text. */
    List<Map<String, String>> labels(String name) {
        return samples.keySet().stream()
                .filter(sample -> sample.startsWith(name + "{"))
                .sorted()
                .map(MetricsPage::labelsOf)
                .toList();
    }

    private static Map<String, String> labelsOf(String sample) {
        Map<String, String> labels = new HashMap<>();
        Matcher matcher = LABEL.matcher(sample);
        while (matcher.find()) {
            labels.put(matcher.group(1), matcher.group(2));
        }
        return labels;
    }
}
