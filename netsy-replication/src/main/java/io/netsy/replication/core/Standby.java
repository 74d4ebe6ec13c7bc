package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.PeerMessage.Hello;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.PeerMessage.Report;
import io.netsy.replication.model.CommitLevel.StandbyWord;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import java.util.ArrayDeque;
import java.util.Deque;

/** One standby, as the primary sees it through the stream that it has open. Its indexes are of the primary's history. */
final class Standby {
    private final long stream;
    private final Hello hello;
    private final Deque<Sent> unreported = new ArrayDeque<>();
    private final Deque<Sent> unapplied = new ArrayDeque<>();

    private boolean streaming;
    private boolean reading;
    private long sent;
    private long unreportedBytes;
    private long unappliedBytes;
    private LogPosition received = LogPosition.START;
    private LogPosition flushed = LogPosition.START;
    private LogPosition applied = LogPosition.START;
    private Moment lastReply;

    /** A frame on its way. */
    private record Sent(long lastIndex, int sizeBytes, long sentNanos) {}

    Standby(long stream, Hello hello, Moment now) {
        this.stream = stream;
        this.hello = hello;
        this.lastReply = now;
    }

    long stream() {
        return stream;
    }

    Identity identity() {
        return hello.identity();
    }

    Hello hello() {
        return hello;
    }

    /** Frames follow after this position, which both histories have. */
    void begin(LogPosition after) {
        streaming = true;
        sent = after.index();
        received = after;
    }

    /** Whether frames are sent: its history is known to be the primary's. */
    boolean isStreaming() {
        return streaming;
    }

    /** The index of the last frame that was sent. */
    long sent() {
        return sent;
    }

    void sent(Frame frame, Moment now) {
        sent = frame.lastIndex();
        Sent entry = new Sent(frame.lastIndex(), frame.sizeBytes(), now.bootNanos());
        unreportedBytes += frame.sizeBytes();
        unreported.add(entry);
        unappliedBytes += frame.sizeBytes();
        unapplied.add(entry);
    }

    /** Whether another frame may be sent before it reports more; the first one always. */
    boolean hasRoom(long windowBytes) {
        return unreportedBytes < windowBytes;
    }

    boolean isReading() {
        return reading;
    }

    /** Whether frames that are no longer in memory are being fetched for it. */
    void setReading(boolean reading) {
        this.reading = reading;
    }

    /** Takes a report whose positions are of this history; older ones change nothing. */
    void report(Report report, Moment now) {
        lastReply = now;
        received = later(received, report.received());
        flushed = later(flushed, report.flushed());
        applied = later(applied, report.applied());
        while (!unreported.isEmpty() && unreported.getFirst().lastIndex() <= received.index()) {
            unreportedBytes -= unreported.removeFirst().sizeBytes();
        }
        while (!unapplied.isEmpty() && unapplied.getFirst().lastIndex() <= applied.index()) {
            unappliedBytes -= unapplied.removeFirst().sizeBytes();
        }
    }

    private static LogPosition later(LogPosition a, LogPosition b) {
        return b.index() > a.index() ? b : a;
    }

    /** Up to where it vouches. */
    long index(StandbyWord word) {
        return switch (word) {
            case NONE -> Long.MAX_VALUE;
            case RECEIVED -> received.index();
            case FLUSHED -> flushed.index();
            case APPLIED -> applied.index();
        };
    }

    /** Bytes that were sent and are not applied. */
    long unappliedBytes() {
        return unappliedBytes;
    }

    /** How long the oldest frame that was sent waits to be applied. */
    long lagNanos(Moment now) {
        return unapplied.isEmpty() ? 0 : now.bootNanos() - unapplied.getFirst().sentNanos();
    }

    Moment lastReply() {
        return lastReply;
    }
}
