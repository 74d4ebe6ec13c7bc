package io.netsy.elector.assignment;

import java.time.Duration;

/**
 * A source that gives the role to one of those who ask for it, for a time, and again when they ask in time. At most one
 * candidate believes that it holds the role, as long as clocks run apart by less than a twentieth and the source honours its
 * own conditions. Safe for any thread.
 */
public interface Candidacy extends ElectorAssignment {
    /** Asks for the role from now on, and renews it while this process holds it. */
    void campaign();

    /**
     * Stops asking. From the call on this process is not the elector; what it held is given back, so that others need not
     * wait for its end.
     *
     * @param patience how long to wait for that
     * @return whether nothing is held any more; otherwise it goes on trying until {@link #close}
     */
    boolean release(Duration patience);
}
