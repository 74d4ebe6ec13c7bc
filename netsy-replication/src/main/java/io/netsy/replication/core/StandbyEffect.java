package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.PeerMessage.FromStandby;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import java.util.UUID;

/** What a standby wants done, in the order given. */
public sealed interface StandbyEffect {

    /** Say this to the primary. */
    record ToPrimary(long stream, FromStandby message) implements StandbyEffect {}

    /** Write the frame to the write-ahead file, behind the last one. */
    record AppendFrame(Frame frame) implements StandbyEffect {}

    /**
     * Make everything appended so far durable; answer with {@link StandbyEvent.FlushEnded}.
     *
     * @param cut how often the file was cut before: an answer that crosses a cut says nothing
     */
    record Flush(long cut) implements StandbyEffect {}

    /** Durably remove every frame after this position, which is not in the primary's history. */
    record Truncate(LogPosition after) implements StandbyEffect {}

    /** Remember durably, before anything that follows, that streams of lower terms are refused from now on. */
    record PromiseTerm(long term) implements StandbyEffect {}

    /**
     * The fence holds: streams of lower terms are closed and refused, and this is the end of what is flushed. Say so to whoever
     * asked.
     */
    record AnswerFence(long ask, long term, LogPosition flushed) implements StandbyEffect {}

    /** These frames are committed: apply them, in order; answer with {@link StandbyEvent.AppliedUpTo}. */
    record Apply(List<Frame> frames) implements StandbyEffect {
        public Apply {
            frames = List.copyOf(frames);
        }
    }

    /** Every frame up to this index stands in the bucket: the write-ahead file may let go of it. */
    record MayForget(long storedIndex) implements StandbyEffect {}

    /** A primary took this standby in; questions that nobody answered are to be asked anew. */
    record Began(long term, UUID process) implements StandbyEffect {}

    /** A question was answered: a read that asked before may be served once this index is applied. */
    record AnswerIndex(long question, long index) implements StandbyEffect {}

    /** End the stream, telling the other side why. */
    record CloseStream(long stream, String reason) implements StandbyEffect {}

    /**
     * Nothing here can be continued: drop replica and write-ahead file, and build them from the bucket.
     *
     * @param losesVote whether that drops what this disk's word may still be needed for, so that it must count as a new disk
     */
    record RebuildFromBucket(String reason, boolean losesVote) implements StandbyEffect {}
}
