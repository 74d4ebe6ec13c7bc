package io.netsy.bench.failover;

import io.netsy.bench.lab.Scoreboard;
import io.netsy.bench.lab.Subject;
import io.netsy.bench.lab.Threshold;
import io.netsy.bench.lab.Threshold.Bound;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What a change of primary promises. */
final class FailoverThresholds {
    private static final double FAILOVER_MILLIS = 5_000;
    private static final double HAND_OVER_MILLIS = 500;

    private FailoverThresholds() {}

    static List<Threshold> of(Scoreboard figures, Collection<Subject> netsy) {
        List<Threshold> all = new ArrayList<>();
        for (Subject subject : netsy) {
            for (Interruption interruption : Interruption.values()) {
                double limit = interruption == Interruption.KILL ? FAILOVER_MILLIS : HAND_OVER_MILLIS;
                all.add(new Threshold(
                        "%s, %s, longest ms".formatted(subject.label(), interruption.label()),
                        new Bound.Below(limit),
                        figures.median(subject, interruption.longest())));
            }
        }
        return List.copyOf(all);
    }
}
