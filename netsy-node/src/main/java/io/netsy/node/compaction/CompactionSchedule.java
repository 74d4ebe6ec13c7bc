package io.netsy.node.compaction;

import java.time.Duration;
import java.util.OptionalLong;

/** Says when to compact and to what. For one thread; times are nanoseconds of a monotonic clock. */
public interface CompactionSchedule {
    /** How often {@link #tick} is to be called. */
    Duration interval();

    /** The revision to compact to now, if any. */
    OptionalLong tick(long nowNanos, long currentRevision);
}
