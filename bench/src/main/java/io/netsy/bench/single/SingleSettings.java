package io.netsy.bench.single;

import java.time.Duration;
import java.util.Set;

/**
 * How thorough a run is.
 *
 * @param phases the parts to run
 * @param rounds how often each load is repeated
 * @param blockLength of each load
 * @param warmupPuts before the first load, on each server
 * @param starts how often the time of the first answer is taken
 * @param settle how long a server is left alone before its memory is read
 */
record SingleSettings(
        Set<Phase> phases, int rounds, Duration blockLength, long warmupPuts, int starts, Duration settle) {
    SingleSettings {
        phases = Set.copyOf(phases);
        if (rounds < 1 || starts < 1 || !blockLength.isPositive()) {
            throw new IllegalArgumentException(
                    "%d rounds of %s, %d starts: all must be above 0".formatted(rounds, blockLength, starts));
        }
    }
}
