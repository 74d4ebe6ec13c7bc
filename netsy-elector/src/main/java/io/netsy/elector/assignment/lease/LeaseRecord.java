package io.netsy.elector.assignment.lease;

import io.netsy.elector.assignment.ElectorIdentity;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the lease's object says.
 *
 * @param holder the node that holds the role; null when it was given back
 * @param process the random id of the holder's process, as text; empty when somebody else than a node wrote the record
 * @param lease how long the holder has it without renewing, at most a day
 * @param transitions raised each time that the holder changes
 * @param acquired by the holder's wall clock, for people to read
 * @param renewed by the holder's wall clock, for people to read; never compared with another clock
 */
public record LeaseRecord(
        @Nullable String holder, String process, Duration lease, long transitions, Instant acquired, Instant renewed) {
    /** What client-go writes for the lease of a record that was given back. */
    private static final Duration RELEASED_LEASE = Duration.ofSeconds(1);

    private static final Duration LONGEST_LEASE = Duration.ofDays(1);

    public LeaseRecord {
        acquired = acquired.truncatedTo(ChronoUnit.MICROS);
        renewed = renewed.truncatedTo(ChronoUnit.MICROS);
        if (transitions < 0 || lease.isNegative() || lease.compareTo(LONGEST_LEASE) > 0) {
            throw new IllegalArgumentException("a lease of %d s after %d transitions; it is at most a day"
                    .formatted(lease.toSeconds(), transitions));
        }
    }

    /** The first holder's. */
    static LeaseRecord first(ElectorIdentity holder, Duration lease, Instant now) {
        return new LeaseRecord(holder.node(), holder.process().toString(), lease, 0, now, now);
    }

    boolean isHeldBy(ElectorIdentity identity) {
        return identity.node().equals(holder) && identity.process().toString().equals(process);
    }

    /** The same holder, later. */
    LeaseRecord renewed(Duration newLease, Instant now) {
        return new LeaseRecord(holder, process, newLease, transitions, acquired, now);
    }

    /** Another holder. */
    LeaseRecord takenBy(ElectorIdentity next, Duration newLease, Instant now) {
        return new LeaseRecord(next.node(), next.process().toString(), newLease, transitions + 1, now, now);
    }

    /** Nobody, by the holder's own wish. */
    LeaseRecord released(Instant now) {
        return new LeaseRecord(null, "", RELEASED_LEASE, transitions, now, now);
    }
}
