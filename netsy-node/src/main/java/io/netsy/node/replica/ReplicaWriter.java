package io.netsy.node.replica;

import io.netsy.node.thread.Unhurried;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.RevisionId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes to the file: applies committed batches in large transactions, runs the small jobs of the
 * purge between them, and writes SQLite's log back at quiet moments.
 *
 * <p>Nobody waits for it, but for room in a backlog of a bounded size, so it runs at the lowest priority: commits come first.
 *
 * <p>A failing disk stops it and changes nothing else: it keeps what it has and tries again, more and more slowly, until
 * the disk takes writes. A damaged file stops it for good.
 */
final class ReplicaWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaWriter.class);

    /** How long the first entry waits for company: readers don't wait for it, and small transactions are dear. */
    private static final Duration LINGER = Duration.ofMillis(20);

    private static final long LINGER_BYTES = 1 << 20;
    private static final int MAX_TRANSACTION_REVISIONS = 8192;
    private static final long MAX_TRANSACTION_BYTES = 16 << 20;
    private static final Duration QUIET = Duration.ofMillis(200);
    private static final int QUIET_WAL_FRACTION = 16;
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);

    private final WriterConnection connection;
    private final EntryApplier applier;
    private final StagedRevisions staged;
    private final ValueCache cache;
    private final HealthMonitor health;
    private final ReplicaLimits limits;
    private final ReplicaMeters meters;
    private final LongConsumer onCompaction;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Queue<CommittedBatch> queue = new ArrayDeque<>();
    private final Queue<Job> jobs = new ArrayDeque<>();
    private boolean closing;

    private volatile long backlogBytes;
    private volatile ReplicaMeta meta;
    private volatile LogPosition durable;
    private volatile Pages pages;
    private long walBytes;

    /** The parts that the writer works on; it owns the connection from now on. */
    record Parts(
            WriterConnection connection,
            StagedRevisions staged,
            ValueCache cache,
            HealthMonitor health,
            ReplicaMeters meters) {}

    /** The size of the file, in pages. */
    record Pages(long all, long free) {}

    /** A small piece of work between transactions. */
    private record Job(Work work, CompletableFuture<Void> done) {}

    @FunctionalInterface
    interface Work {
        void run(WriterConnection connection) throws SQLException;
    }

    /** A change of rows and of what the meta row says of them. */
    @FunctionalInterface
    interface MetaChange {
        ReplicaMeta run(WriterConnection connection, ReplicaMeta before) throws SQLException;
    }

    /**
     * A writer that is not running yet.
     *
     * @param start what the meta row says; all of it is flushed
     * @param onCompaction is told on the writer's thread of each compaction that was applied; must not block
     */
    ReplicaWriter(Parts parts, ReplicaLimits limits, ReplicaMeta start, LongConsumer onCompaction) throws SQLException {
        this.connection = parts.connection;
        this.applier = new EntryApplier(connection);
        this.staged = parts.staged;
        this.cache = parts.cache;
        this.health = parts.health;
        this.meters = parts.meters;
        this.limits = limits;
        this.meta = start;
        this.durable = start.position();
        this.pages = new Pages(connection.pageCount(), connection.freePageCount());
        this.onCompaction = onCompaction;
        this.thread = Unhurried.named("netsy-replica-writer").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void enqueue(CommittedBatch batch) {
        lock.lock();
        try {
            queue.add(batch);
            long more = backlogBytes + batch.sizeBytes();
            backlogBytes = more;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the backlog is below its limit; answers whether it is. */
    boolean awaitRoom(Duration atMost) throws InterruptedException {
        if (backlogBytes < limits.backlogBytes()) {
            return true;
        }
        lock.lockInterruptibly();
        try {
            long nanos = atMost.toNanos();
            while (backlogBytes >= limits.backlogBytes() && nanos > 0) {
                nanos = room.awaitNanos(nanos);
            }
            return backlogBytes < limits.backlogBytes();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until entries up to an index are applied; answers whether they are. */
    boolean awaitApplied(long index, Duration atMost) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = atMost.toNanos();
            while (meta.position().index() < index && !closing && nanos > 0) {
                nanos = room.awaitNanos(nanos);
            }
            return meta.position().index() >= index;
        } finally {
            lock.unlock();
        }
    }

    long backlogBytes() {
        return backlogBytes;
    }

    ReplicaMeta meta() {
        return meta;
    }

    LogPosition durable() {
        return durable;
    }

    Pages pages() {
        return pages;
    }

    /** Has a job run on the writer's thread, outside of a transaction. */
    CompletableFuture<Void> submit(Work task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        lock.lock();
        try {
            if (closing || health.isFailed()) {
                done.completeExceptionally(new CancellationException("the replica is closed"));
            } else {
                jobs.add(new Job(task, done));
                work.signal();
            }
        } finally {
            lock.unlock();
        }
        return done;
    }

    /** Has rows changed on the writer's thread, in one transaction with the meta row. */
    CompletableFuture<Void> submitChange(MetaChange change) {
        return submit(on -> meta = on.inTransaction(() -> {
            ReplicaMeta after = change.run(on, meta);
            on.writeMeta(after);
            return after;
        }));
    }

    private void run() {
        try {
            while (!health.isFailed()) {
                List<CommittedBatch> group = nextGroup();
                if (!group.isEmpty() && !applyUntilDone(group)) {
                    break;
                }
                maybeCheckpoint(limits.walBytes());
                boolean hadJob = runJob();
                if (group.isEmpty() && !hadJob) {
                    if (isClosing()) {
                        break;
                    }
                    maybeCheckpoint(limits.walBytes() / QUIET_WAL_FRACTION);
                }
            }
        } catch (SQLException | RuntimeException e) {
            health.failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            LOG.info("replica writer interrupted backlog_bytes={}", backlogBytes);
        } finally {
            tearDown();
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    /** Batches for one transaction; none when there is a job, when it is quiet, or at the end. */
    private List<CommittedBatch> nextGroup() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            awaitWork();
            awaitCompany();
            List<CommittedBatch> group = new ArrayList<>();
            int revisions = 0;
            long bytes = 0;
            while (!queue.isEmpty() && revisions < MAX_TRANSACTION_REVISIONS && bytes < MAX_TRANSACTION_BYTES) {
                CommittedBatch batch = queue.remove();
                revisions += batch.revisionCount();
                bytes += batch.sizeBytes();
                group.add(batch);
            }
            return group;
        } finally {
            lock.unlock();
        }
    }

    private void awaitWork() throws InterruptedException {
        boolean toWriteBack = walBytes >= limits.walBytes() / QUIET_WAL_FRACTION;
        long nanos = toWriteBack ? QUIET.toNanos() : Long.MAX_VALUE;
        while (queue.isEmpty() && jobs.isEmpty() && !closing && nanos > 0) {
            nanos = work.awaitNanos(nanos);
        }
    }

    private void awaitCompany() throws InterruptedException {
        long nanos = LINGER.toNanos();
        while (!queue.isEmpty() && backlogBytes < LINGER_BYTES && jobs.isEmpty() && !closing && nanos > 0) {
            nanos = work.awaitNanos(nanos);
        }
    }

    /**
     * Applies, however long the disk refuses; answers false when the replica failed or closes before that. Jobs go on
     * between the tries: rows that a purge deletes make room in the file.
     */
    private boolean applyUntilDone(List<CommittedBatch> group) throws SQLException, InterruptedException {
        Duration pause = FIRST_RETRY;
        while (!health.isFailed()) {
            try {
                apply(group);
                health.healthy();
                return true;
            } catch (SQLException e) {
                if (Sqlite.isDamage(e)) {
                    throw e;
                }
                health.stalled(String.valueOf(e.getMessage()));
            }
            if (pause(pause)) {
                return false;
            }
            pause = pause.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? pause.multipliedBy(2) : LAST_RETRY;
            reclaimLog();
            runJob();
        }
        return false;
    }

    /** Waits before the next try; answers whether the replica is closing instead. */
    private boolean pause(Duration time) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = time.toNanos();
            while (!closing && nanos > 0) {
                nanos = work.awaitNanos(nanos);
            }
            return closing;
        } finally {
            lock.unlock();
        }
    }

    /** On a full disk: a log that is written back can be used again without growing. */
    private void reclaimLog() throws SQLException {
        try {
            checkpoint();
        } catch (SQLException e) {
            if (Sqlite.isDamage(e)) {
                throw e;
            }
            LOG.debug("checkpoint failed too reason=\"{}\"", e.getMessage());
        }
    }

    private void apply(List<CommittedBatch> group) throws SQLException {
        ReplicaMeta before = meta;
        long startedNanos = meters.now();
        ReplicaMeta after = connection.inTransaction(() -> {
            ReplicaMeta reached = before;
            for (CommittedBatch batch : group) {
                reached = applier.apply(reached, batch);
            }
            connection.insertGathered();
            connection.writeMeta(reached);
            return reached;
        });
        meters.committedSince(startedNanos);
        meta = after;
        release(group);
        pages = new Pages(connection.pageCount(), connection.freePageCount());
        if (after.compactRevision() > before.compactRevision()) {
            onCompaction.accept(after.compactRevision());
        }
    }

    /** What is in the file moves from the staged revisions to the cache, in this order: it is always in one of them. */
    private void release(List<CommittedBatch> group) {
        int revisions = 0;
        long bytes = 0;
        for (CommittedBatch batch : group) {
            batch.entries().forEach(this::admit);
            revisions += batch.revisionCount();
            bytes += batch.sizeBytes();
        }
        staged.release(revisions);
        walBytes += bytes + 2L * ReplicaSchema.PAGE_BYTES;
        lock.lock();
        try {
            long less = backlogBytes - bytes;
            backlogBytes = less;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void admit(Entry entry) {
        List<Change> changes = StagedRevisions.changesOf(entry);
        for (int sub = 0; sub < changes.size(); sub++) {
            if (changes.get(sub) instanceof Change.Put put) {
                Bytes value = put.value();
                cache.put(RevisionId.pack(StagedRevisions.revisionOf(entry), sub), value);
            }
        }
    }

    private boolean runJob() throws SQLException {
        Job job = nextJob();
        if (job == null) {
            return false;
        }
        try {
            job.work.run(connection);
            pages = new Pages(connection.pageCount(), connection.freePageCount());
            walBytes += ReplicaSchema.PAGE_BYTES * 2L;
            job.done.complete(null);
        } catch (SQLException e) {
            job.done.completeExceptionally(e);
            if (Sqlite.isDamage(e)) {
                throw e;
            }
        }
        return true;
    }

    private @Nullable Job nextJob() {
        lock.lock();
        try {
            return jobs.poll();
        } finally {
            lock.unlock();
        }
    }

    private void maybeCheckpoint(long atWalBytes) throws SQLException {
        if (walBytes >= atWalBytes) {
            reclaimLog();
        }
    }

    private void checkpoint() throws SQLException {
        if (connection.checkpoint().isComplete()) {
            durable = meta.position();
            walBytes = 0;
        } else {
            walBytes = limits.walBytes() / QUIET_WAL_FRACTION;
        }
    }

    private void tearDown() {
        try {
            if (!health.isFailed()) {
                connection.checkpointAndTruncate();
            }
            connection.close();
        } catch (SQLException e) {
            LOG.warn("replica not closed cleanly reason=\"{}\"", e.getMessage());
        }
        lock.lock();
        try {
            closing = true;
            jobs.forEach(job -> job.done.completeExceptionally(new CancellationException("the replica is closed")));
            jobs.clear();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Applies what was committed, if the disk allows, and ends. */
    void shutDown() throws InterruptedException {
        lock.lock();
        try {
            closing = true;
            work.signalAll();
        } finally {
            lock.unlock();
        }
        thread.join();
    }
}
