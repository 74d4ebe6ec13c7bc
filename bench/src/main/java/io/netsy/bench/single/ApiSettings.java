package io.netsy.bench.single;

import java.time.Duration;

/**
 * How thorough a run of the API's loads is.
 *
 * @param rounds how often each load is repeated; one more before them counts nothing
 * @param blockLength of each load that is not a number of operations
 * @param leases that are granted, kept and revoked
 */
record ApiSettings(int rounds, Duration blockLength, int leases) {
    private static final int LEAST_LEASES = 1000;

    ApiSettings {
        if (rounds < 1 || !blockLength.isPositive() || leases < LEAST_LEASES) {
            throw new IllegalArgumentException("%d rounds of %s with %d leases: all must be above 0, leases at least %d"
                    .formatted(rounds, blockLength, leases, LEAST_LEASES));
        }
    }
}
