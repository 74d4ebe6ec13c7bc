package io.netsy.bench.lab;

import io.netsy.bench.stats.Samples;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All figures of a run. Those of one measure stand in the order of the rounds. */
public final class Scoreboard {
    private final Map<Measure, Map<Subject, List<Double>>> figures = new EnumMap<>(Measure.class);

    public void add(Subject subject, Measure measure, double value) {
        figures.computeIfAbsent(measure, _ -> new EnumMap<>(Subject.class))
                .computeIfAbsent(subject, _ -> new ArrayList<>())
                .add(value);
    }

    /** The figures of all rounds, or empty when there is none. */
    public Optional<Samples> samples(Subject subject, Measure measure) {
        List<Double> values = values(subject, measure);
        return values.isEmpty() ? Optional.empty() : Optional.of(Samples.of(values));
    }

    public Optional<Double> median(Subject subject, Measure measure) {
        return samples(subject, measure).map(Samples::median);
    }

    /**
     * One server's figures divided by another's of the same round: the machine drifts from round to round, so only
     * neighbours in time are compared.
     */
    public Optional<Samples> ratios(Subject subject, Subject base, Measure measure) {
        List<Double> ours = values(subject, measure);
        List<Double> theirs = values(base, measure);
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < Math.min(ours.size(), theirs.size()); round++) {
            ratios.add(ours.get(round) / theirs.get(round));
        }
        return ratios.isEmpty() ? Optional.empty() : Optional.of(Samples.of(ratios));
    }

    private List<Double> values(Subject subject, Measure measure) {
        return figures.getOrDefault(measure, Map.of()).getOrDefault(subject, List.of());
    }
}
