package io.netsy.chaos.sim;

/** What must never happen did. */
final class InvariantBroken extends RuntimeException {
    InvariantBroken(String message) {
        super(message);
    }
}
