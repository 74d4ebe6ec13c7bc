package io.netsy.elector.term;

import java.util.Optional;

/** Where the register is kept: an object with compare-and-swap. Calls block; safe for any thread. */
public interface RegisterStorage {
    /**
     * Reads the register; empty when there never was one.
     *
     * @throws RegisterException when it can't be read now, or is not a register
     */
    Optional<Stored> read() throws RegisterException;

    /** Creates the first register. */
    SwapResult create(TermRegister first) throws RegisterException;

    /** Puts the next register in place of the one that was read as {@code expected}. */
    SwapResult swap(Stored expected, TermRegister next) throws RegisterException;

    /** A register as read, with the storage's own mark of its version. */
    record Stored(TermRegister register, Object mark) {}

    /** What became of a swap. */
    sealed interface SwapResult {
        /** It stands. */
        record Swapped(Stored stored) implements SwapResult {}

        /** Another version stands. */
        record Lost() implements SwapResult {}

        /** The answer was lost: read back and compare the nonce. */
        record Unknown(String reason) implements SwapResult {}
    }
}
