package io.netsy.node.objectstore.s3;

/** What a failed request to S3 means, whatever it was that was asked. */
sealed interface S3Fault {

    /** In words, for messages. */
    String reason();

    /** The condition of a write did not hold (412). */
    record ConditionFailed(String reason) implements S3Fault {}

    /** There is no such object; a bucket that is missing is a {@link Refused}. */
    record Missing(String reason) implements S3Fault {}

    /**
     * Nothing definite: no answer, or one that says "try again". A request that changes something may have done so.
     *
     * @param slowDown whether the service asked for fewer requests
     */
    record Passing(String reason, String wayOut, boolean slowDown) implements S3Fault {
        /** The reason, and the way out where it is more than to try again. */
        String reasonAndHint() {
            return wayOut.equals(WaysOut.TRY_LATER) ? reason : reason + " (" + wayOut + ")";
        }
    }

    /** A definite no; the request had no effect. */
    record Refused(String reason, String wayOut) implements S3Fault {}
}
