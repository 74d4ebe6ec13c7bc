package io.netsy.node.compaction;

import java.time.Duration;
import java.util.OptionalLong;

/** Keeps the newest revisions, looked at every five minutes (etcd's {@code auto-compaction-mode=revision}). */
public final class RevisionSchedule implements CompactionSchedule {
    private static final Duration INTERVAL = Duration.ofMinutes(5);

    private final long kept;
    private long compacted;

    /** @param kept how many revisions stay readable */
    public RevisionSchedule(long kept) {
        this.kept = kept;
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public OptionalLong tick(long nowNanos, long currentRevision) {
        long target = currentRevision - kept;
        if (target <= compacted) {
            return OptionalLong.empty();
        }
        compacted = target;
        return OptionalLong.of(target);
    }
}
