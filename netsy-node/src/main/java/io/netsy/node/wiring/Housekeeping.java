package io.netsy.node.wiring;

import io.netsy.etcd.error.EtcdException;
import io.netsy.etcd.kv.KvProposals;
import io.netsy.node.archive.LogRetention;
import io.netsy.node.archive.SnapshotArchive;
import io.netsy.node.archive.SnapshotInfo;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.clock.SystemClock;
import io.netsy.node.compaction.CompactionSchedule;
import io.netsy.node.compaction.PeriodicSchedule;
import io.netsy.node.compaction.RevisionSchedule;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.config.NodeConfig.AutoCompaction;
import io.netsy.node.primary.PrimaryTerm;
import io.netsy.node.replica.Replica;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a primary does beside serving: snapshots, retention of chunks and snapshots, automatic compaction. Each is looked at
 * regularly; at most one snapshot or retention runs at a time, on a thread that may block.
 */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final long LOG_PER_SNAPSHOT = 2;
    private static final Duration LOOK_PERIOD = Duration.ofSeconds(5);

    private final NodeConfig config;
    private final NodeClock clock;
    private final Replica replica;
    private final SnapshotArchive snapshots;
    private final LogRetention retention;
    private final PrimaryTerm term;
    private final LongSupplier replayBytes;
    private final HousekeepingMeters meters;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final List<Future<?>> regular = new ArrayList<>();

    private boolean closed;
    private long lastSnapshotIndex;
    private long lastSnapshotReplay;
    private long snapshotSizeBytes;
    private long lastSnapshotMillis;

    /** What housekeeping works on. */
    record Subjects(
            Replica replica,
            SnapshotArchive snapshots,
            LogRetention retention,
            PrimaryTerm term,
            HousekeepingMeters meters) {}

    /** @param replayBytes what a recovery would have to replay of the log since the process started */
    Housekeeping(NodeConfig config, NodeClock clock, Subjects subjects, LongSupplier replayBytes) {
        this.config = config;
        this.clock = clock;
        this.replica = subjects.replica();
        this.snapshots = subjects.snapshots();
        this.retention = subjects.retention();
        this.term = subjects.term();
        this.replayBytes = replayBytes;
        this.lastSnapshotMillis = clock.now().wallMillis();
        this.meters = subjects.meters();
    }

    /** Looks for the newest snapshot, which waits for the bucket. */
    void begin() {
        Optional<SnapshotInfo> newest = snapshots.newestFirst().stream().findFirst();
        newest.ifPresent(meters::found);
        lastSnapshotIndex = newest.map(SnapshotInfo::index).orElse(0L);
        snapshotSizeBytes = newest.map(SnapshotInfo::sizeBytes).orElse(0L);
    }

    private synchronized void every(NodeThreads threads, Duration period, Runnable task) {
        if (!closed) {
            regular.add(threads.every(period, task));
        }
    }

    /** Looks at nothing any more; what is under way ends by itself. */
    @Override
    public synchronized void close() {
        closed = true;
        regular.forEach(look -> look.cancel(false));
    }

    void start(NodeThreads threads) {
        every(threads, LOOK_PERIOD, () -> {
            if (!term.ended().isDone() && snapshotIsDue() && busy.compareAndSet(false, true)) {
                threads.upkeep().execute(this::snapshotAndRetain);
            }
        });
        schedule(config.autoCompaction()).ifPresent(schedule -> startCompaction(schedule, threads));
    }

    /**
     * A large snapshot is made less often: what a recovery replays of the log may be twice as much as what it loads. Once for each
     * time its own size, it would be a second copy of all that a busy node writes.
     */
    private boolean snapshotIsDue() {
        if (replica.durable().index() <= lastSnapshotIndex && replica.applied().index() <= lastSnapshotIndex) {
            return false;
        }
        long sinceMillis = clock.now().wallMillis() - lastSnapshotMillis;
        return replayBytes.getAsLong() - lastSnapshotReplay
                        >= Math.max(config.snapshot().maxLogBytes(), LOG_PER_SNAPSHOT * snapshotSizeBytes)
                || sinceMillis >= config.snapshot().interval().toMillis();
    }

    private void snapshotAndRetain() {
        try {
            long replayBefore = replayBytes.getAsLong();
            SnapshotInfo verified = snapshot();
            lastSnapshotIndex = verified.index();
            lastSnapshotReplay = replayBefore;
            snapshotSizeBytes = verified.sizeBytes();
            snapshots.keepNewest(config.retention().snapshots());
            meters.chunksDeleted(retention.run(
                    verified.index(), Instant.ofEpochMilli(clock.now().wallMillis()), term::raiseLogFloor));
        } catch (Exception e) {
            meters.failed();
            LOG.warn("snapshot or retention failed, tried again later: {}", e.toString());
        } finally {
            lastSnapshotMillis = clock.now().wallMillis();
            busy.set(false);
        }
    }

    private SnapshotInfo snapshot() throws Exception {
        long startedNanos = clock.now().bootNanos();
        SnapshotInfo verified = snapshots.take(replica, term::awaitStored);
        meters.taken(verified, clock.now().bootNanos() - startedNanos);
        return verified;
    }

    private static Optional<CompactionSchedule> schedule(AutoCompaction mode) {
        return switch (mode) {
            case AutoCompaction.Off _ -> Optional.empty();
            case AutoCompaction.Periodic(Duration kept) -> Optional.of(new PeriodicSchedule(kept));
            case AutoCompaction.Revision(long kept) -> Optional.of(new RevisionSchedule(kept));
        };
    }

    private void startCompaction(CompactionSchedule schedule, NodeThreads threads) {
        LongSupplier nanoTime = SystemClock.nanoTime();
        every(
                threads,
                schedule.interval(),
                () -> schedule.tick(
                                nanoTime.getAsLong(),
                                term.states().committed().state().revision())
                        .ifPresent(this::compact));
    }

    private void compact(long revision) {
        var _ = term.proposer().propose(KvProposals.compaction(revision)).whenComplete((_, failure) -> {
            if (failure == null) {
                LOG.info("compacted automatically revision={}", revision);
            } else if (!(failure instanceof EtcdException)) {
                LOG.warn("automatic compaction failed revision={} reason={}", revision, failure.toString());
            }
        });
    }
}
