package io.netsy.replication.core;

import io.netsy.replication.model.Moment;
import java.time.Duration;

/**
 * A primary's right to answer linearizable reads without asking again: it read the register, saw itself, and the
 * register promises that nobody else is named before the lease has run out.
 *
 * <p>Counted from before the question was sent, on the clock that runs through a suspend. It ends at once when that clock
 * and the wall clock drift apart between two looks, because then one of them has been stopped or set (brief, section 5;
 * protocol safety, 8 to 10). Immutable.
 *
 * @param validUntilNanos on {@link Moment#bootNanos}
 * @param lastLook the last time the clocks were compared
 */
public record ReadLease(long validUntilNanos, Moment lastLook) {
    /** How far the clocks may differ over one look before neither is trusted. */
    public static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofMillis(200);

    /** No right at all. */
    public static ReadLease none(Moment now) {
        return new ReadLease(now.bootNanos(), now);
    }

    /** The right after the register was seen to name this process. */
    public static ReadLease confirmed(Moment askedAt, Duration lease) {
        return new ReadLease(askedAt.bootNanos() + lease.toNanos(), askedAt);
    }

    /** Whether a read may be answered at this moment. */
    public boolean holdsAt(Moment now) {
        return now.bootNanos() - validUntilNanos < 0 && clocksAgree(now);
    }

    /** The lease after a look at the clocks: the same, or none when they disagree. */
    public ReadLease lookedAt(Moment now) {
        return holdsAt(now) ? new ReadLease(validUntilNanos, now) : none(now);
    }

    private boolean clocksAgree(Moment now) {
        long bootMillis =
                Duration.ofNanos(now.bootNanos() - lastLook.bootNanos()).toMillis();
        long wallMillis = now.wallMillis() - lastLook.wallMillis();
        return Math.abs(bootMillis - wallMillis) <= MAX_CLOCK_DIFFERENCE.toMillis();
    }
}
