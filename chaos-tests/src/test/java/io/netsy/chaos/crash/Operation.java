package io.netsy.chaos.crash;

/**
 * One write and what its sender was told.
 *
 * @param value unique over the whole run, so that an event names its operation
 */
record Operation(String key, String value, Outcome outcome) {

    /** What a client knows. */
    sealed interface Outcome {
        /** Acknowledged at this revision. */
        record Acknowledged(long revision) implements Outcome {}

        /** Neither acknowledged nor refused: it may have happened. */
        record Unknown(String error) implements Outcome {}

        /** Answered with what can't be true of a key that only this client writes. */
        record Impossible(String answer) implements Outcome {}
    }
}
