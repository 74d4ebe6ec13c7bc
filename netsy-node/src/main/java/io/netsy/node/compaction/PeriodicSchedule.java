package io.netsy.node.compaction;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/**
 * Keeps the history of a period (etcd's {@code auto-compaction-mode=periodic}; etcd semantics, section 10): the revision is
 * sampled every tenth of the period, at most six minutes apart, and once a period, hourly if that is shorter, the store is
 * compacted to what was current one period ago.
 */
public final class PeriodicSchedule implements CompactionSchedule {
    private static final int SAMPLES_PER_PERIOD = 10;
    private static final Duration MAX_COMPACTION_INTERVAL = Duration.ofHours(1);

    private final Duration period;
    private final Duration sampleInterval;
    private final Duration compactionInterval;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private long compacted;
    private long lastCompactionNanos;
    private boolean everCompacted;

    private record Sample(long atNanos, long revision) {}

    /** @param period how long history is kept */
    public PeriodicSchedule(Duration period) {
        this.period = period;
        this.compactionInterval = period.compareTo(MAX_COMPACTION_INTERVAL) < 0 ? period : MAX_COMPACTION_INTERVAL;
        this.sampleInterval = compactionInterval.dividedBy(SAMPLES_PER_PERIOD);
    }

    @Override
    public Duration interval() {
        return sampleInterval;
    }

    @Override
    public OptionalLong tick(long nowNanos, long currentRevision) {
        samples.addLast(new Sample(nowNanos, currentRevision));
        Sample old = null;
        while (!samples.isEmpty() && nowNanos - samples.getFirst().atNanos() >= period.toNanos()) {
            old = samples.removeFirst();
        }
        if (old == null) {
            return OptionalLong.empty();
        }
        samples.addFirst(old);
        boolean due = !everCompacted || nowNanos - lastCompactionNanos >= compactionInterval.toNanos();
        if (!due || old.revision() <= compacted) {
            return OptionalLong.empty();
        }
        everCompacted = true;
        lastCompactionNanos = nowNanos;
        compacted = old.revision();
        return OptionalLong.of(compacted);
    }
}
