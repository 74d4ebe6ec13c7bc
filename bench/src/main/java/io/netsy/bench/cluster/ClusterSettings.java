package io.netsy.bench.cluster;

import java.time.Duration;
import java.util.Set;

/**
 * How thorough a run is.
 *
 * @param phases the parts to run
 * @param rounds how often each load is repeated; one more before them counts nothing
 * @param blockLength of each load
 * @param warmupOperations before the first round, puts and gets each, on each cluster
 */
record ClusterSettings(Set<ClusterPhase> phases, int rounds, Duration blockLength, long warmupOperations) {
    private static final Duration LONGEST_FIRST_BLOCK = Duration.ofSeconds(2);

    ClusterSettings {
        phases = Set.copyOf(phases);
        if (rounds < 1 || !blockLength.isPositive()) {
            throw new IllegalArgumentException("%d rounds of %s: both must be above 0".formatted(rounds, blockLength));
        }
    }

    /** The length of each load in this round; those of round 0 are short. */
    Duration lengthIn(int round) {
        return round > 0 || blockLength.compareTo(LONGEST_FIRST_BLOCK) < 0 ? blockLength : LONGEST_FIRST_BLOCK;
    }
}
