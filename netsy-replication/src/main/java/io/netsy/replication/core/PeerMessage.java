package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import java.util.UUID;

/**
 * What a primary and a standby say to each other over one stream, which the standby opens and which lives under one term.
 *
 * <p>Positions are cumulative and name a history by checksum, so a message that is lost, doubled or late harms nothing: the
 * next one says it all again, and a frame that does not follow ends the stream.
 */
public sealed interface PeerMessage {

    /** What a standby says. */
    sealed interface FromStandby extends PeerMessage {}

    /** What a primary says. */
    sealed interface FromPrimary extends PeerMessage {}

    /**
     * The standby's first message: what it holds.
     *
     * @param term the highest term it promised not to go below
     * @param committed up to where it knows its history to be committed
     * @param tail the ends of the frames that it holds after that, in order: the primary picks the last one that is in its
     *     own history
     */
    record Hello(Identity identity, long term, LogPosition committed, List<LogPosition> tail) implements FromStandby {
        public Hello {
            tail = List.copyOf(tail);
        }

        /** The end of what it holds. */
        public LogPosition end() {
            return tail.isEmpty() ? committed : tail.getLast();
        }
    }

    /**
     * Who a standby is.
     *
     * @param diskId drawn when the data directory was made, and anew when flushed records were lost: a name without its
     *     disk vouches for nothing (protocol safety, 6)
     */
    record Identity(UUID clusterId, String nodeId, UUID diskId) {}

    /** How far the standby is; also its sign of life. */
    record Report(LogPosition received, LogPosition flushed, LogPosition applied) implements FromStandby {}

    /** The standby's word that it followed no later term when it answered this round of the primary's. */
    record Confirmed(long round) implements FromStandby {}

    /** A read at the standby asks up to where it must have applied. */
    record AskIndex(long question) implements FromStandby {}

    /**
     * The primary's first message: frames follow after this position. What the standby holds beyond it is not in the
     * primary's history and goes.
     *
     * @param process the primary's random id
     */
    record Begin(long term, UUID process, LogPosition after, Progress progress) implements FromPrimary {}

    /**
     * A frame, as it was sealed.
     *
     * @param storedIndex the tip of the log in the bucket: every frame past it must be kept (protocol safety, 16)
     */
    record Send(Frame frame, long storedIndex) implements FromPrimary {}

    /**
     * How far the log is; also the primary's sign of life.
     *
     * @param sent the index of the last frame that went into this stream before: a standby that ends below it lost one
     * @param committed what may be applied
     * @param appliedCounts whether a commit waits for what is applied: then that is reported at once, else with the next report
     */
    record Progress(long sent, LogPosition committed, long storedIndex, boolean appliedCounts) implements FromPrimary {}

    /** A round that asks every standby whether it still follows this primary, for reads that arrived before it. */
    record Confirm(long round) implements FromPrimary {}

    /** The answer to {@link AskIndex}: a confirmation begun after the question stands behind it. */
    record Index(long question, long index) implements FromPrimary {}

    /**
     * The history of the standby is not the primary's, or too old to be continued: build anew from the bucket.
     *
     * @param term the primary's, whose TermStart stands in the bucket
     * @param storedIndex the tip of the log in the bucket
     */
    record Rebuild(long term, long storedIndex, String reason) implements FromPrimary {}

    /** The stream ends, and why. */
    record Bye(String reason) implements FromStandby, FromPrimary {}
}
