package io.netsy.elector.assignment.lease;

import io.netsy.elector.assignment.lease.LeaseStorage.Stored;
import org.jspecify.annotations.Nullable;

/**
 * When the record that stands was first seen. A lease is over when its whole length has passed since then on the own clock:
 * the record's times come from another machine's clock and are never compared with anything. For one thread.
 */
final class Sighting {
    private @Nullable Object renewal;
    private long firstSeenNanos;

    /** The record was read, or written; the time is that after the answer. */
    void note(Stored stored, long nowNanos) {
        if (!stored.renewal().equals(renewal)) {
            renewal = stored.renewal();
            firstSeenNanos = nowNanos;
        }
    }

    /** When the lease of the record noted last is over, unless it is renewed. */
    long endNanos(LeaseRecord record) {
        return firstSeenNanos + record.lease().toNanos();
    }
}
