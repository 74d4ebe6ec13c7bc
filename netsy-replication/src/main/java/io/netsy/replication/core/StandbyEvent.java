package io.netsy.replication.core;

import io.netsy.replication.core.PeerMessage.FromPrimary;
import io.netsy.replication.model.LogPosition;

/** What can happen to a standby. */
public sealed interface StandbyEvent {

    /** A stream to the primary is open; the number is given to no other stream of this process. */
    record StreamOpened(long stream) implements StandbyEvent {}

    /** The primary said something on a stream. */
    record PrimarySaid(long stream, FromPrimary message) implements StandbyEvent {}

    /** The stream is closed, by whomever. */
    record StreamClosed(long stream) implements StandbyEvent {}

    /** The flush that {@link StandbyEffect.Flush} asked for is done: the write-ahead file is durable up to here. */
    record FlushEnded(long cut, LogPosition position) implements StandbyEvent {}

    /** What {@link StandbyEffect.Apply} gave is readable up to here. */
    record AppliedUpTo(LogPosition position) implements StandbyEvent {}

    /** A read waits that came before this event: ask up to where it must have applied; nothing is said while no primary is there. */
    record ReadWaiting(long question) implements StandbyEvent {}

    /** An elector asks that no term below this one be followed; {@code ask} is given to no other question of this process. */
    record FenceAsked(long ask, long term) implements StandbyEvent {}
}
