package io.netsy.elector.election;

import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.TermRegister;
import java.time.Duration;

/** What an election wants done. */
public sealed interface ElectionEffect {
    /** Read the register, and look whether there is a log. */
    record ReadRegister() implements ElectionEffect {}

    /** Create the first register. */
    record CreateRegister(TermRegister first) implements ElectionEffect {}

    /** Swap the register. */
    record SwapRegister(Stored expected, TermRegister next) implements ElectionEffect {}

    /** Send a tick at this time; {@code waits} says for what. */
    record WakeAt(long bootNanos, Duration pause, String waits) implements ElectionEffect {}

    /** Walk the chain in the bucket to its end, from now on. */
    record FindTip() implements ElectionEffect {}

    /** The term is assigned, as this register says. */
    record Elected(TermRegister register) implements ElectionEffect {}

    /** No term can be had; the message says why and the way out. */
    record Failed(String reason) implements ElectionEffect {}
}
