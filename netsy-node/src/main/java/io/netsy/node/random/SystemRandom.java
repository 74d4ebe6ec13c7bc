package io.netsy.node.random;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/** The machine's own randomness, to be injected. */
public final class SystemRandom {

    private SystemRandom() {}

    /** A thread-safe generator that nobody can predict. */
    public static RandomGenerator secure() {
        return new SecureRandom();
    }
}
