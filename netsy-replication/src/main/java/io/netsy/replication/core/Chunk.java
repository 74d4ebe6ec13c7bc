package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import java.util.UUID;

/**
 * Consecutive whole frames as one object of the bucket, under the key of their first index.
 *
 * @param term the term of whoever put it there, at least that of its frames
 * @param process the random id of the process that put it there: two processes never share one, so equal bytes are one's
 *     own (protocol safety, 11)
 */
public record Chunk(long term, UUID process, List<Frame> frames) {
    public Chunk {
        frames = List.copyOf(frames);
        if (frames.isEmpty()) {
            throw new IllegalArgumentException("a chunk without frames");
        }
    }

    public long firstIndex() {
        return frames.getFirst().firstIndex();
    }

    /** The position it leads to. */
    public LogPosition end() {
        return frames.getLast().end();
    }

    /** Whether its frames continue a history that ends at {@code tip}, each following the one before. */
    public boolean follows(LogPosition tip) {
        LogPosition end = tip;
        for (Frame frame : frames) {
            if (!frame.follows(end)) {
                return false;
            }
            end = frame.end();
        }
        return true;
    }

    @Override
    public String toString() {
        return "chunk at index %d of term %d by process %s, up to %s".formatted(firstIndex(), term, process, end());
    }
}
