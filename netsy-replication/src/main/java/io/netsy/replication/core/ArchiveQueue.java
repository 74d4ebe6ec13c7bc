package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.model.Moment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Frames on their way to the bucket that are in no chunk yet. */
final class ArchiveQueue {
    private static final long MAX_CHUNK_BYTES = 64 << 20;

    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long bytes;

    private record Waiting(Frame frame, long sinceNanos) {}

    void add(Frame frame, Moment now) {
        waiting.add(new Waiting(frame, now.bootNanos()));
        bytes += frame.sizeBytes();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    /** Since when the oldest waits; to be asked when there is one. */
    long oldestSinceNanos() {
        return waiting.getFirst().sinceNanos();
    }

    /** Takes whole frames up to an index, as many as one chunk may hold; none when the first one ends above it. */
    List<Frame> take(long upToIndex) {
        List<Frame> taken = new ArrayList<>();
        long takenBytes = 0;
        while (!waiting.isEmpty() && waiting.getFirst().frame().lastIndex() <= upToIndex) {
            Frame next = waiting.getFirst().frame();
            if (!taken.isEmpty() && takenBytes + next.sizeBytes() > MAX_CHUNK_BYTES) {
                break;
            }
            waiting.removeFirst();
            taken.add(next);
            takenBytes += next.sizeBytes();
        }
        bytes -= takenBytes;
        return taken;
    }
}
