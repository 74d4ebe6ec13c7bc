package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.model.LogPosition;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest frames of the primary's history, in memory: where standbys are served from first, and what tells a position of
 * this history from another's.
 *
 * <p>Everything past the tip in the bucket is held, whatever it takes; of what is stored, as much as the limit allows.
 */
final class RecentFrames {
    private final long maxBytes;
    private final NavigableMap<Long, Frame> byFirstIndex = new TreeMap<>();
    private LogPosition base;
    private LogPosition end;
    private long bytes;

    /** @param tip the end of the history so far, of which no frame is here */
    RecentFrames(LogPosition tip, long maxBytes) {
        this.base = tip;
        this.end = tip;
        this.maxBytes = maxBytes;
    }

    void append(Frame frame) {
        byFirstIndex.put(frame.firstIndex(), frame);
        bytes += frame.sizeBytes();
        end = frame.end();
    }

    /** Lets go of the oldest beyond the limit, as far as they are stored. */
    void trim(long storedIndex) {
        while (bytes > maxBytes && !byFirstIndex.isEmpty()) {
            Frame oldest = byFirstIndex.firstEntry().getValue();
            if (oldest.lastIndex() > storedIndex) {
                return;
            }
            byFirstIndex.pollFirstEntry();
            bytes -= oldest.sizeBytes();
            base = oldest.end();
        }
    }

    /** The end of the history. */
    LogPosition end() {
        return end;
    }

    /** Whether it can be told here whether a position of this index is in the history. */
    boolean reaches(long index) {
        return index >= base.index();
    }

    /** Whether the position ends a frame of this history; false too where it does not reach. */
    boolean contains(LogPosition position) {
        return position.equals(endingAtOrBelow(position.index()));
    }

    /** The last frame end of this history at or below an index; null below what is held here. */
    @Nullable
    LogPosition endingAtOrBelow(long index) {
        if (index >= end.index()) {
            return end;
        }
        if (index < base.index()) {
            return null;
        }
        var holding = byFirstIndex.floorEntry(index);
        if (holding == null) {
            return base;
        }
        Frame frame = holding.getValue();
        return frame.lastIndex() == index ? frame.end() : endBefore(frame);
    }

    private LogPosition endBefore(Frame frame) {
        var before = byFirstIndex.lowerEntry(frame.firstIndex());
        return before == null ? base : before.getValue().end();
    }

    /** The frame that begins at an index; null when it is not here. */
    @Nullable
    Frame beginningAt(long index) {
        return byFirstIndex.get(index);
    }

    /** Bytes of the frames after an index, as far as they are here. */
    long bytesAfter(long index) {
        return byFirstIndex.tailMap(index, false).values().stream()
                .mapToLong(Frame::sizeBytes)
                .sum();
    }
}
