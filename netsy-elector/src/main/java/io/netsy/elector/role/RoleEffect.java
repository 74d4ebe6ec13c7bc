package io.netsy.elector.role;

import io.netsy.elector.term.TermRegister;
import io.netsy.replication.core.ElectorMessage.Successor;

/** What a node's role wants done, in the order given. */
public sealed interface RoleEffect {
    /** Read the register; answer with one of the register events. */
    record ReadRegister() implements RoleEffect {}

    /** Follow nobody, promise the register's term durably, and lead it as it says. */
    record Lead(TermRegister register) implements RoleEffect {}

    /** Follow this node: streams are opened to it from now on. */
    record Follow(String primary) implements RoleEffect {}

    /** Stop leading at once: nothing is answered any more. The node is a standby then, which follows nobody yet. */
    record EndTerm(String reason) implements RoleEffect {}

    /** Finish what is under way, answer nothing from then on, and have this node lead the next term. */
    record HandOver(Successor to) implements RoleEffect {}

    /** Have the standby's core answer the fence; before that the node leads no term. */
    record PassFence(long ask, long term) implements RoleEffect {}
}
