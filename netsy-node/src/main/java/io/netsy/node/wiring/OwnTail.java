package io.netsy.node.wiring;

import io.netsy.node.writeahead.WriteAheadFile;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What this node tells others of its write-ahead file. Reads the disk; safe for any thread. */
record OwnTail(WriteAheadFile file) {
    private static final long MAX_BYTES = 1 << 20;

    /** Flushed frames after a position, about a megabyte of them; none when the file does not hold it. */
    List<Frame> framesAfter(LogPosition position) throws IOException {
        List<Frame> frames = new ArrayList<>();
        if (!file.holds(position)) {
            return frames;
        }
        long flushed = file.flushed().index();
        long[] bytes = new long[1];
        file.read(position.index() + 1, frame -> {
            if (frame.lastIndex() > flushed) {
                return false;
            }
            frames.add(frame);
            bytes[0] += frame.sizeBytes();
            return bytes[0] < MAX_BYTES;
        });
        return frames;
    }

    /** The end of the flushed frames that follow a position under its own term; nothing when the file does not hold it. */
    Optional<LogPosition> endAfter(LogPosition tip) throws IOException {
        if (!file.holds(tip)) {
            return Optional.empty();
        }
        long flushed = file.flushed().index();
        LogPosition[] end = {tip};
        file.read(tip.index() + 1, frame -> {
            boolean counts = frame.lastIndex() <= flushed && frame.header().term() == tip.term();
            end[0] = counts ? frame.end() : end[0];
            return counts;
        });
        return Optional.of(end[0]);
    }
}
