package io.netsy.node.metrics;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A page in Prometheus' text format, read as strictly as promtool checks it: HELP and TYPE once and before the samples,
 * samples of a metric in one piece, no series twice, counters that never are negative, histograms that add up.
 */
public final class Exposition {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"(,|$)");
    private static final Map<String, List<String>> SUFFIXES =
            Map.of("histogram", List.of("_bucket", "_sum", "_count"), "summary", List.of("_sum", "_count", ""));

    private final Map<String, Family> families = new LinkedHashMap<>();

    /** One metric with all its series. */
    public static final class Family {
        public final String name;
        public final String help;
        public final String type;
        final Map<Series, Double> samples = new LinkedHashMap<>();

        Family(String name, String help, String type) {
            this.name = name;
            this.help = help;
            this.type = type;
        }

        /** The names of the labels that its series have, without those that make up a histogram. */
        public Set<String> labelNames() {
            Set<String> names = new HashSet<>();
            samples.keySet().forEach(series -> names.addAll(series.labels.keySet()));
            names.remove("le");
            return names;
        }

        private boolean owns(String sample) {
            return SUFFIXES.getOrDefault(type, List.of("")).stream().anyMatch(suffix -> sample.equals(name + suffix));
        }
    }

    /** A sample's name and labels. */
    record Series(String name, SortedMap<String, String> labels) {}

    private Exposition() {}

    /** Reads a page; whatever breaks a rule is an {@link IllegalArgumentException} that names it. */
    public static Exposition parse(String text) {
        Exposition page = new Exposition();
        demand(text.endsWith("\n"), "the last line has no end", text);
        @Nullable Family current = null;
        @Nullable String help = null;
        for (String line : text.lines().toList()) {
            if (line.startsWith("# HELP ")) {
                demand(help == null, "two HELP in a row", line);
                help = line.substring("# HELP ".length());
            } else if (line.startsWith("# TYPE ")) {
                current = page.begin(line.substring("# TYPE ".length()), help);
                help = null;
            } else {
                demand(help == null, "a sample between HELP and TYPE", line);
                demand(current != null, "a sample without a metric", line);
                add(Objects.requireNonNull(current), line);
            }
        }
        page.families.values().forEach(Exposition::check);
        return page;
    }

    private Family begin(String typeLine, @Nullable String helpLine) {
        String[] nameAndType = typeLine.split(" ", -1);
        demand(nameAndType.length == 2 && NAME.matcher(nameAndType[0]).matches(), "no TYPE line", typeLine);
        demand(
                Set.of("counter", "gauge", "histogram", "summary").contains(nameAndType[1]),
                "an unknown type",
                typeLine);
        demand(helpLine != null && helpLine.startsWith(nameAndType[0] + " "), "TYPE without its HELP", typeLine);
        Family family = new Family(
                nameAndType[0],
                Objects.requireNonNull(helpLine).substring(nameAndType[0].length() + 1),
                nameAndType[1]);
        demand(families.put(family.name, family) == null, "a metric that was there before", typeLine);
        return family;
    }

    private static void add(Family family, String line) {
        Matcher sample = SAMPLE.matcher(line);
        demand(sample.matches(), "no sample", line);
        demand(family.owns(sample.group(1)), "a sample of another metric than " + family.name, line);
        double value = switch (sample.group(3)) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(sample.group(3));
        };
        demand(!family.type.equals("counter") || value >= 0, "a negative counter", line);
        Series series = new Series(sample.group(1), labels(sample.group(2), line));
        demand(family.samples.put(series, value) == null, "a series that was there before", line);
    }

    private static SortedMap<String, String> labels(@Nullable String inside, String line) {
        SortedMap<String, String> labels = new TreeMap<>();
        if (inside == null) {
            return labels;
        }
        Matcher label = LABEL.matcher(inside);
        int end = 0;
        while (end < inside.length()) {
            demand(label.find(end) && label.start() == end, "labels that are none", line);
            demand(labels.put(label.group(1), label.group(2)) == null, "a label that was there before", line);
            end = label.end();
        }
        return labels;
    }

    private static void check(Family family) {
        demand(!family.samples.isEmpty(), "a metric without samples", family.name);
        if (family.type.equals("histogram")) {
            Map<Map<String, String>, List<Series>> buckets = family.samples.keySet().stream()
                    .filter(series -> series.name.endsWith("_bucket"))
                    .collect(Collectors.groupingBy(Exposition::withoutBound));
            buckets.forEach((labels, ofOne) -> checkBuckets(family, new TreeMap<>(labels), ofOne));
        }
    }

    private static Map<String, String> withoutBound(Series series) {
        SortedMap<String, String> labels = new TreeMap<>(series.labels);
        demand(labels.remove("le") != null, "a bucket without a bound", series.toString());
        return labels;
    }

    private static void checkBuckets(Family family, SortedMap<String, String> labels, List<Series> buckets) {
        double lastBound = Double.NEGATIVE_INFINITY;
        double lastCount = 0;
        for (Series bucket : buckets) {
            String le = Objects.requireNonNull(bucket.labels.get("le"));
            double bound = le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le);
            double count = family.samples.getOrDefault(bucket, 0.0);
            demand(bound > lastBound && count >= lastCount, "buckets that do not ascend", bucket.toString());
            lastBound = bound;
            lastCount = count;
        }
        demand(lastBound == Double.POSITIVE_INFINITY, "a histogram without its last bucket", family.name);
        Double count = family.samples.get(new Series(family.name + "_count", labels));
        demand(count != null && count == lastCount, "a count that is not the last bucket's", family.name);
        demand(family.samples.containsKey(new Series(family.name + "_sum", labels)), "no sum", family.name);
    }

    /** All metrics by name, in the order of the page. */
    public Map<String, Family> families() {
        return families;
    }

    /** One metric, which has to be there. */
    public Family family(String name) {
        Family family = families.get(name);
        if (family == null) {
            throw new AssertionError("no metric " + name);
        }
        return family;
    }

    /**
     * The value of one series.
     *
     * @param labels names and values in turn, all that the series has
     */
    public double value(String name, String... labels) {
        return find(name, labels).orElseThrow(() -> new AssertionError("no series " + name + List.of(labels)));
    }

    /** The value of one series, if it is there; labels as for {@link #value}. */
    public Optional<Double> find(String name, String... labels) {
        SortedMap<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            wanted.put(labels[i], labels[i + 1]);
        }
        return families.values().stream()
                .map(family -> Optional.ofNullable(family.samples.get(new Series(name, wanted))))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** The label sets of a sample name. */
    public List<Map<String, String>> labelSets(String name) {
        List<Map<String, String>> sets = new ArrayList<>();
        families.values()
                .forEach(family -> family.samples.keySet().stream()
                        .filter(series -> series.name.equals(name))
                        .forEach(series -> sets.add(series.labels)));
        return sets;
    }

    private static void demand(boolean holds, String complaint, String where) {
        if (!holds) {
            throw new IllegalArgumentException(complaint + ": " + where);
        }
    }
}
