package io.netsy.bench.load;

/**
 * How hard the load presses.
 *
 * @param clients each has at most one operation under way
 * @param ratePerSecond operations that begin per second, all clients together; 0: as many as the clients can
 */
public record Pace(int clients, double ratePerSecond) {
    public Pace {
        if (clients < 1 || !(ratePerSecond >= 0)) {
            throw new IllegalArgumentException(
                    "%d clients at %s operations per second".formatted(clients, ratePerSecond));
        }
    }

    /** As fast as this many clients can. */
    public static Pace unlimited(int clients) {
        return new Pace(clients, 0);
    }

    boolean isLimited() {
        return ratePerSecond > 0;
    }

    double intervalNanos() {
        return 1e9 / ratePerSecond;
    }
}
