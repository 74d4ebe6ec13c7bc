package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.PeerMessage.FromPrimary;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import java.util.Set;

/** What a primary wants done, in the order given. */
public sealed interface PrimaryEffect {

    /** Create the chunk under its key, never replacing one; answer with one of the chunk events. */
    record PutChunk(Chunk chunk) implements PrimaryEffect {}

    /** Read what stands at the key of this index. */
    record ReadChunk(long firstIndex) implements PrimaryEffect {}

    /** A predecessor's late frames are part of the history: apply them before anything of this term. */
    record Adopt(List<Frame> frames) implements PrimaryEffect {}

    /** TermStart stands and the register still names this process: take writes. */
    record Serve(Frame termStart) implements PrimaryEffect {}

    /** Everything up to here is committed: publish it. */
    record Commit(LogPosition position) implements PrimaryEffect {}

    /** Everything up to here, which was committed before, is acknowledged: answer. */
    record Acknowledge(LogPosition position) implements PrimaryEffect {}

    /**
     * Write the frame to this node's write-ahead file; once it is flushed, say so with {@link PrimaryEvent.OwnFlushed}. The
     * file may hold it already, which is enough; it may hold another at its index, which goes, with all behind it.
     */
    record AppendFrame(Frame frame) implements PrimaryEffect {}

    /** Every frame up to this index stands in the bucket: the write-ahead file may let go of it. */
    record MayForget(long storedIndex) implements PrimaryEffect {}

    /** Say this to a standby. */
    record ToStandby(long stream, FromPrimary message) implements PrimaryEffect {}

    /**
     * Look for the last of these positions in the history that is no longer in memory; answer with
     * {@link PrimaryEvent.PositionLocated}.
     */
    record LocatePosition(long stream, List<LogPosition> candidates) implements PrimaryEffect {}

    /** Fetch frames of the history from this index on; answer with {@link PrimaryEvent.FramesRead}. */
    record ReadFrames(long stream, long fromIndex) implements PrimaryEffect {}

    /** End the stream, telling the other side why. */
    record CloseStream(long stream, String reason) implements PrimaryEffect {}

    /** Swap rule and voters into the register; answer with {@link PrimaryEvent.RuleRecorded} once it is certain. */
    record RecordRule(SyncRule rule, Set<Identity> voters) implements PrimaryEffect {}

    /**
     * Read the register; answer with {@link PrimaryEvent.RegisterSeen}, its question's time taken before sending.
     *
     * @param question the reads that are here now wait for this one
     */
    record ReadRegister(long question) implements PrimaryEffect {}

    /** The standbys are asked whether they still follow: the reads that are here now wait for this question. */
    record AskStandbys(long question) implements PrimaryEffect {}

    /** The right to answer reads is this one from now on. */
    record LeaseChanged(ReadLease lease) implements PrimaryEffect {}

    /** Reads that waited when this question, or one before it, left may be answered from the committed state. */
    record ConfirmReads(long question) implements PrimaryEffect {}

    /** Send a {@link PrimaryEvent.Tick} at this time, on the boot clock. */
    record WakeAt(long bootNanos) implements PrimaryEffect {}

    /** Another writer holds a later term, or this one lost its own: stop serving at once, lose nothing. */
    record StepDown(String reason) implements PrimaryEffect {}

    /** What was found can't be: stop the process and let a person look. */
    record Halt(String reason) implements PrimaryEffect {}
}
