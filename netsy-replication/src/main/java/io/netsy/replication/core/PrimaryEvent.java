package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.PeerMessage.Hello;
import io.netsy.replication.core.PeerMessage.Report;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What can happen to a primary. */
public sealed interface PrimaryEvent {

    /** The term was won; time to put TermStart. */
    record Started(Moment now) implements PrimaryEvent {}

    /** The sequencer closed a frame; from here on its indexes and revisions belong to it for ever. */
    record FrameSequenced(Frame frame, Moment now) implements PrimaryEvent {}

    /** The bucket created the chunk under its key. */
    record ChunkCreated(long firstIndex, Moment now) implements PrimaryEvent {}

    /** The bucket refused: something stands at that key already. */
    record ChunkRefused(long firstIndex) implements PrimaryEvent {}

    /** The answer was lost: the chunk may stand, may come to stand later, or neither. */
    record ChunkOutcomeUnknown(long firstIndex, String reason) implements PrimaryEvent {}

    /** What stands at the key, read back whole. */
    record ChunkFound(Chunk chunk, Moment now) implements PrimaryEvent {}

    /** Nothing stands at the key yet. */
    record ChunkAbsent(long firstIndex, Moment now) implements PrimaryEvent {}

    /** The key could not be read. */
    record ChunkUnreadable(long firstIndex, String reason, Moment now) implements PrimaryEvent {}

    /** The register was read: who it names, and when the question was sent. */
    record RegisterSeen(long term, UUID process, Moment askedAt, Moment now) implements PrimaryEvent {}

    /** The register could not be read. */
    record RegisterUnreadable(String reason, Moment now) implements PrimaryEvent {}

    /** A linearizable read waits for this primary's right to answer. */
    record ReadWaiting(Moment now) implements PrimaryEvent {}

    /** This node's write-ahead file holds everything up to here durably. */
    record OwnFlushed(LogPosition position, Moment now) implements PrimaryEvent {}

    /** A standby opened a stream; the number is given to no other stream of this process. */
    record StandbyCame(long stream, Hello hello, Moment now) implements PrimaryEvent {}

    /** A standby said how far it is. */
    record StandbyReported(long stream, Report report, Moment now) implements PrimaryEvent {}

    /** A standby still followed this primary when it was asked in this round. */
    record StandbyConfirmed(long stream, long round, Moment now) implements PrimaryEvent {}

    /** The stream is closed, by whomever. */
    record StandbyGone(long stream, Moment now) implements PrimaryEvent {}

    /** The last of the positions asked for that is in the history; empty when none is, or when nobody can say any more. */
    record PositionLocated(long stream, Optional<LogPosition> position, Moment now) implements PrimaryEvent {}

    /** Whole frames from the index asked for on, at least one; none when they are no longer kept anywhere. */
    record FramesRead(long stream, List<Frame> frames, Moment now) implements PrimaryEvent {
        public FramesRead {
            frames = List.copyOf(frames);
        }
    }

    /** The register holds the rule and the voters of the last {@link PrimaryEffect.RecordRule}. */
    record RuleRecorded(Moment now) implements PrimaryEvent {}

    /** The register could not be changed, or it is not known whether it was; the change is still to be made. */
    record RuleNotRecorded(String reason, Moment now) implements PrimaryEvent {}

    /** These are the members as of the last committed entry: what changed between them and the register's voters follows there. */
    record MembersChanged(Membership members, Moment now) implements PrimaryEvent {}

    /** The term is to be given back: no frame comes any more, and what is committed goes to the bucket without waiting for company. */
    record Leaving(Moment now) implements PrimaryEvent {}

    /** The term is not given back after all. */
    record Staying() implements PrimaryEvent {}

    /** Time has passed: the moment asked for by {@link PrimaryEffect.WakeAt} has come. */
    record Tick(Moment now) implements PrimaryEvent {}
}
