package io.netsy.elector.election;

import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.RegisterStorage.SwapResult;
import io.netsy.replication.core.ElectorMessage.FromNode;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import java.util.List;
import java.util.Optional;

/** What can happen to an elector. */
public sealed interface ElectorEvent {
    /** It was appointed, out of band; until {@link Dismissed} it may change who is primary. */
    record Appointed(Moment now) implements ElectorEvent {}

    /** Another one may be appointed from now on. Nothing depends on being told in time. */
    record Dismissed() implements ElectorEvent {}

    /** The register was read, and whether the bucket holds any log. */
    record RegisterRead(Optional<Stored> stored, boolean logPresent, Moment now) implements ElectorEvent {}

    /** The register can't be read. */
    record RegisterUnreadable(String reason, Moment now) implements ElectorEvent {}

    /** A create or swap was answered. */
    record RegisterSwapped(SwapResult result, Moment now) implements ElectorEvent {}

    /** The end of the chain in the bucket, walked after it was asked for under this term. */
    record TipFound(long term, LogPosition tip, Moment now) implements ElectorEvent {}

    /** The chain could not be walked. */
    record TipUnreadable(long term, String reason, Moment now) implements ElectorEvent {}

    /** A node said something. */
    record Heard(FromNode message, Moment now) implements ElectorEvent {}

    /** An operator, or the primary that goes, wants this node to be primary. */
    record SwitchTo(String node, Moment now) implements ElectorEvent {}

    /**
     * Who the members are as far as is known here, and who of them may lead. An old view costs time, never an entry: the fence is by
     * the register's voters, who are asked whoever is a member.
     */
    record MembersKnown(List<String> nodes, List<String> candidates) implements ElectorEvent {}

    /** An operator says that an election may go on though too few voters are there. For one election, and then it is forgotten. */
    record Force(Waiver waiver) implements ElectorEvent {}

    /** The time asked for by {@link ElectorEffect.WakeAt} has come. */
    record Tick(Moment now) implements ElectorEvent {}
}
