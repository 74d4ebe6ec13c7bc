package io.netsy.elector.role;

import io.netsy.elector.term.TermRegister;
import io.netsy.replication.core.ElectorMessage.HandOver;
import io.netsy.replication.core.ElectorMessage.Ping;
import io.netsy.replication.model.Moment;
import java.util.Optional;

/** What can happen to a node's role. */
public sealed interface RoleEvent {
    /** An elector told what it last read in the register. */
    record Hinted(Ping hint) implements RoleEvent {}

    /** The register was read. */
    record RegisterRead(Optional<TermRegister> register, Moment now) implements RoleEvent {}

    /** The register can't be read. */
    record RegisterUnreadable(Moment now) implements RoleEvent {}

    /** An elector asks for a promise; {@code ask} is given to no other question. */
    record FenceAsked(long ask, long term) implements RoleEvent {}

    /** An elector asks that the term be handed over in good order. */
    record HandOverAsked(HandOver order) implements RoleEvent {}

    /** The node promised a term to the primary it follows. */
    record Promised(long term) implements RoleEvent {}

    /** The stream to the primary has ended: he may have handed over. */
    record StreamLost() implements RoleEvent {}

    /** The term that the node led is over, whoever ended it. */
    record TermEnded() implements RoleEvent {}

    /**
     * Time has passed.
     *
     * @param following whether a primary streams to this node
     */
    record Tick(boolean following, Moment now) implements RoleEvent {}
}
