package io.netsy.node.wiring.objectstore;

import io.netsy.node.clock.SystemClock;
import io.netsy.node.objectstore.StoreEnvironment;
import io.netsy.node.random.SystemRandom;

/** Makes the environment that stores run in outside of tests. */
public final class StoreEnvironments {

    private StoreEnvironments() {}

    /** The real clocks, pauses and randomness. */
    public static StoreEnvironment system() {
        return new StoreEnvironment(
                SystemClock.wall(), SystemClock.nanoTime(), SystemRandom.secure(), SystemClock::sleep);
    }
}
