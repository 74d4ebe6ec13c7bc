package io.netsy.elector.assignment.lease;

import io.netsy.elector.assignment.AssignmentException;
import java.util.Optional;

/** Where the lease's record is kept: an object with compare-and-swap. Calls block; for one thread at a time. */
public interface LeaseStorage extends AutoCloseable {
    /**
     * Reads the record; empty when there is none.
     *
     * @throws AssignmentException when it can't be read now, or what stands there is no such record
     */
    Optional<Stored> read() throws AssignmentException;

    /**
     * Creates the record.
     *
     * @throws AssignmentException when the storage refused: nothing was written
     */
    SwapResult create(LeaseRecord first) throws AssignmentException;

    /**
     * Puts the next record in place of the one that was read, or written, as {@code expected}.
     *
     * @throws AssignmentException when the storage refused: nothing was written
     */
    SwapResult swap(Stored expected, LeaseRecord next) throws AssignmentException;

    /** The storage's name for messages, without secrets. */
    String describe();

    /** Frees connections. Never throws. */
    @Override
    void close();

    /**
     * A record as it stands.
     *
     * @param mark the storage's own word for this version, to swap it
     * @param renewal equal for two readings between which nobody renewed
     */
    record Stored(LeaseRecord record, Object mark, Object renewal) {}

    /** What became of a write. */
    sealed interface SwapResult {
        /** It stands. */
        record Swapped(Stored stored) implements SwapResult {}

        /** Another version stands. */
        record Lost() implements SwapResult {}

        /** The answer was lost: read back. */
        record Unknown(String reason) implements SwapResult {}
    }
}
