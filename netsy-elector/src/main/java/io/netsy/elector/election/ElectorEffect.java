package io.netsy.elector.election;

import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.TermRegister;
import io.netsy.replication.core.ElectorMessage.FromElector;

/** What an elector wants done, in the order given. */
public sealed interface ElectorEffect {
    /** Read the register, and look whether there is a log; answer with one of the register events. */
    record ReadRegister() implements ElectorEffect {}

    /** Create the first register; answer with {@link ElectorEvent.RegisterSwapped}. */
    record CreateRegister(TermRegister first) implements ElectorEffect {}

    /** Swap the register; answer with {@link ElectorEvent.RegisterSwapped}. */
    record SwapRegister(Stored expected, TermRegister next) implements ElectorEffect {}

    /** Walk the chain in the bucket to its end, from now on; answer with one of the tip events of this term. */
    record FindTip(long term) implements ElectorEffect {}

    /** Say this to a node. */
    record Send(String node, FromElector message) implements ElectorEffect {}

    /** Nobody is made primary by an operator's word: it was not for what is there. */
    record ForceRefused(String reason) implements ElectorEffect {}

    /** What an operator said is done: this is the register. */
    record ForceDone(TermRegister register) implements ElectorEffect {}

    /** Send a tick at this time, on the boot clock. */
    record WakeAt(long bootNanos) implements ElectorEffect {}

    /** For people: what the elector does or waits for, told once. */
    record Note(String what) implements ElectorEffect {}
}
