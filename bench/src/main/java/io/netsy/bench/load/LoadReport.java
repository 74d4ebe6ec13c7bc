package io.netsy.bench.load;

import io.netsy.bench.metrics.StoreRequests;

/**
 * A result with what it is the result of.
 *
 * @param name of the workload
 * @param storeRequests what the server asked of its object store during the measured load
 */
public record LoadReport(String name, Target target, Pace pace, LoadResult result, StoreRequests storeRequests) {
    /** Requests to the object store per thousand acknowledged writes; 0 when there was no write. */
    public double perThousandWrites(long requests) {
        long writes = result.writes();
        return writes == 0 ? 0 : requests * 1000.0 / writes;
    }
}
