package io.netsy.replication.core;

import io.netsy.replication.codec.Frame;
import io.netsy.replication.model.LogPosition;
import java.util.List;

/**
 * What a standby has on its disk when it starts.
 *
 * @param term the highest term it promised not to go below
 * @param applied the end of what is applied, all of it committed
 * @param tail frames of the write-ahead file after that, in order
 */
public record Holdings(long term, LogPosition applied, List<Frame> tail) {
    public Holdings {
        tail = List.copyOf(tail);
        LogPosition end = applied;
        for (Frame frame : tail) {
            if (!frame.follows(end)) {
                throw new IllegalArgumentException("%s does not follow %s".formatted(frame, end));
            }
            end = frame.end();
        }
    }
}
