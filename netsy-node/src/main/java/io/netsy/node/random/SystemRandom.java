package io.netsy.node.random;

import java.security.SecureRandom;

/** The machine's own randomness, to be injected. */
public final class SystemRandom {

    private SystemRandom() {}

    /** A thread-safe generator that nobody can predict. */
    public static SecureRandom secure() {
        return new SecureRandom();
    }
}
