package io.netsy.node.objectstore;

import java.time.Duration;

/**
 * One request that was made to a store and how it ended: what is counted, timed and paid for.
 *
 * @param sentBytes of the body, without headers
 * @param receivedBytes of the body, as far as the answer announced them
 */
public record StoreRequest(Kind kind, Outcome outcome, long sentBytes, long receivedBytes, Duration latency) {

    public StoreRequest {
        if (sentBytes < 0 || receivedBytes < 0 || latency.isNegative()) {
            throw new IllegalArgumentException("a request can't have negative bytes or time: sent " + sentBytes
                    + ", received " + receivedBytes + ", latency " + latency);
        }
    }

    /** The kinds that stores count and price apart. */
    public enum Kind {
        /** Writes: objects, parts of objects, and the beginning and end of an upload in parts. */
        PUT,
        GET,
        HEAD,
        LIST,
        DELETE
    }

    /** How a request ended. */
    public enum Outcome {
        DONE,
        /** There was no such object. */
        MISSING,
        /** The condition of a write did not hold: the key was taken, the version was another. */
        CONDITION_FAILED,
        /** No answer, or one that says "try again": time-out, reset, 5xx, 409, 429. */
        FAILED,
        /** A definite no. */
        REFUSED
    }
}
