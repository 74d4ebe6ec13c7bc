package io.netsy.bench.lab;

import io.netsy.bench.lab.Threshold.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The last line of a run and its exit code.
 *
 * @param exitCode 0 when every promise holds; 1 when one is broken; 77 when none is broken but some could not be
 *     measured, which is the code by which {@code .ci/run} tells a skipped check from a failed one
 */
record Verdict(String line, int exitCode) {
    private static final int SKIPPED_EXIT_CODE = 77;

    /**
     * Judges.
     *
     * @param failures what went wrong besides, such as failed operations
     * @param remark about the figures' worth, may be empty
     */
    static Verdict of(List<Threshold> thresholds, List<String> failures, String remark) {
        List<String> broken = new ArrayList<>(with(thresholds, Outcome.BROKEN));
        broken.addAll(failures);
        List<String> unmeasured = with(thresholds, Outcome.NOT_MEASURED);
        String end = remark.isEmpty() ? "" : "; " + remark;
        if (!broken.isEmpty()) {
            return new Verdict(
                    "FAIL %d of %d broken: %s%s"
                            .formatted(
                                    broken.size(), thresholds.size() + failures.size(), String.join("; ", broken), end),
                    1);
        }
        if (!unmeasured.isEmpty() || thresholds.isEmpty()) {
            return new Verdict(
                    "SKIPPED %d of %d thresholds could not be measured: %s%s"
                            .formatted(unmeasured.size(), thresholds.size(), String.join("; ", unmeasured), end),
                    SKIPPED_EXIT_CODE);
        }
        return new Verdict("PASS %s%s".formatted(String.join("; ", with(thresholds, Outcome.HOLDS)), end), 0);
    }

    private static List<String> with(List<Threshold> thresholds, Outcome outcome) {
        return thresholds.stream()
                .filter(threshold -> threshold.outcome() == outcome)
                .map(Threshold::toString)
                .collect(Collectors.toList());
    }
}
