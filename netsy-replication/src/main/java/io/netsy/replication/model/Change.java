package io.netsy.replication.model;

/**
 * One key's change inside a revision; its place in the entry's list is its sub-revision.
 *
 * <p>A change is an effect, complete in itself: whoever applies it needs no earlier state and evaluates nothing.
 */
public sealed interface Change {
    Bytes key();

    /** The key now has this value; {@code version} counts from 1, {@code leaseId} 0 is no lease. */
    record Put(Bytes key, Bytes value, long createRevision, long version, long leaseId) implements Change {
        public Put {
            if (key.isEmpty() || version < 1 || createRevision < 1) {
                throw new IllegalArgumentException(
                        "put of key '%s' with version %d, create revision %d".formatted(key, version, createRevision));
            }
        }
    }

    /** The key is gone. */
    record Delete(Bytes key) implements Change {}
}
