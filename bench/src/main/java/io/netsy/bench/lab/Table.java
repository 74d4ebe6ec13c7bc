package io.netsy.bench.lab;

import io.netsy.bench.stats.Samples;
import java.util.Collection;
import java.util.Optional;

/** The medians of a run as a Markdown table; behind each, in brackets, the median ratio to etcd. */
final class Table {
    private Table() {}

    static String of(Scoreboard figures, Collection<Subject> subjects) {
        StringBuilder text = new StringBuilder("| median |");
        subjects.forEach(subject -> text.append(' ').append(subject.label()).append(" |"));
        text.append("\n|---|").append("---:|".repeat(subjects.size()));
        for (Measure measure : Measure.values()) {
            if (subjects.stream()
                    .anyMatch(subject -> figures.median(subject, measure).isPresent())) {
                text.append("\n| ").append(measure.label()).append(" |");
                subjects.forEach(subject ->
                        text.append(' ').append(cell(figures, subject, measure)).append(" |"));
            }
        }
        return text.toString();
    }

    private static String cell(Scoreboard figures, Subject subject, Measure measure) {
        Optional<Double> median = figures.median(subject, measure);
        if (median.isEmpty()) {
            return "";
        }
        double value = median.get();
        String text = value >= 100 ? "%,.0f".formatted(value) : "%.2f".formatted(value);
        Optional<Samples> ratios = figures.ratios(subject, Subject.ETCD, measure);
        if (subject == Subject.ETCD || ratios.isEmpty()) {
            return text;
        }
        return "%s (%.2f)".formatted(text, ratios.get().median());
    }
}
