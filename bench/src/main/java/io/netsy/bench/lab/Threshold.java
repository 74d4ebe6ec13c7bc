package io.netsy.bench.lab;

import java.util.Optional;

/**
 * A promise with the figure that was measured.
 *
 * @param what is promised
 * @param bound the figure's limit and which side of it is good
 * @param measured empty when it could not be measured
 */
public record Threshold(String what, Bound bound, Optional<Double> measured) {

    /** Which figures are good. */
    public sealed interface Bound {
        /** This or more. */
        record AtLeast(double limit) implements Bound {}

        /** This or less. */
        record AtMost(double limit) implements Bound {}

        /** Less than this. */
        record Below(double limit) implements Bound {}
    }

    /** What became of a promise. */
    public enum Outcome {
        HOLDS,
        BROKEN,
        NOT_MEASURED
    }

    public Outcome outcome() {
        if (measured.isEmpty()) {
            return Outcome.NOT_MEASURED;
        }
        double value = measured.get();
        boolean good = switch (bound) {
            case Bound.AtLeast(double limit) -> value >= limit;
            case Bound.AtMost(double limit) -> value <= limit;
            case Bound.Below(double limit) -> value < limit;
        };
        return good ? Outcome.HOLDS : Outcome.BROKEN;
    }

    /** The promise and the figure in a few words. */
    @Override
    public String toString() {
        String limit = switch (bound) {
            case Bound.AtLeast(double value) -> ">= " + number(value);
            case Bound.AtMost(double value) -> "<= " + number(value);
            case Bound.Below(double value) -> "< " + number(value);
        };
        return measured.map(value -> "%s %s (%s)".formatted(what, number(value), limit))
                .orElse("%s (%s)".formatted(what, limit));
    }

    private static String number(double value) {
        return value >= 100 ? "%,.0f".formatted(value) : "%.2f".formatted(value);
    }
}
