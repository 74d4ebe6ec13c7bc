package io.netsy.chaos.crash;

import java.time.Duration;

/**
 * One write and what its sender was told.
 *
 * @param value unique over the whole run, so that an event names its operation
 * @param startedNanos when it was sent
 * @param took until it was answered
 */
public record Operation(String key, String value, Outcome outcome, long startedNanos, Duration took) {

    /** When it was answered. */
    public long endedNanos() {
        return startedNanos + took.toNanos();
    }

    /** Whether its sender was told that it is done. */
    public boolean isAcknowledged() {
        return outcome instanceof Outcome.Acknowledged;
    }

    /** What a client knows. */
    public sealed interface Outcome {
        /** Acknowledged at this revision. */
        record Acknowledged(long revision) implements Outcome {}

        /** Neither acknowledged nor refused: it may have happened. */
        record Unknown(String error) implements Outcome {}

        /** Answered with what can't be true of a key that only this client writes. */
        record Impossible(String answer) implements Outcome {}
    }
}
