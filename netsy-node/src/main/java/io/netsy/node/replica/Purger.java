package io.netsy.node.replica;

import io.netsy.etcd.port.PurgeWitness;
import io.netsy.node.replica.ReplicaLoader.Loaded;
import io.netsy.node.thread.Unhurried;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the rows that compactions made unreadable, in the background and in small steps, and gives free pages back.
 *
 * <p>A purge to C, after one to P:
 *
 * <ol>
 *   <li>Show what is there to the witness, who may want to know it as it was.
 *   <li>Read the keys that changed from P to C; no other key can lose a revision. P itself counts: a tombstone of P was
 *       kept then and goes now.
 *   <li>Slice by slice of the keys, have the owner of the state forget what the compaction took.
 *   <li>Delete those rows, in the order of the table: the rows of one key are all over it, and slice by slice each page would be
 *       read and written again and again. A key's rows go in ascending order too, so whatever a crash leaves is the end of its
 *       history, which reads as before.
 *   <li>Record C in the meta row.
 * </ol>
 */
final class Purger {
    private static final Logger LOG = LoggerFactory.getLogger(Purger.class);

    private static final int SLICE_KEYS = 1000;
    private static final int SLICE_ROWS = 1000;

    /** So many forgotten rows are deleted before more are forgotten: 8 bytes each. */
    private static final int MAX_FORGOTTEN = 1 << 20;

    private static final int KEYS_PER_READ = 4096;
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration OWNER_TIMEOUT = Duration.ofSeconds(30);
    private static final int VACUUM_PAGES = 128;

    /** Free pages that are kept for the writes to come: an eighth of the file, and never less than 16 MiB. */
    private static final int KEPT_FRACTION = 8;

    private static final long KEPT_PAGES = (16 << 20) / ReplicaSchema.PAGE_BYTES;

    private final ReplicaWriter writer;
    private final RevisionReader reader;
    private final Duration delay;
    private final ReplicaMeters meters;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Unhurried.named("netsy-replica-purge").factory());
    private final CountDownLatch closing = new CountDownLatch(1);
    private final NavigableMap<Long, CompletableFuture<Void>> waiting = new ConcurrentSkipListMap<>();
    private volatile @Nullable CompactionSlices owner;
    private volatile PurgeWitness witness = (revision, pace) -> {};
    private volatile long purged;

    /** Of the purging thread alone from here on. */
    private long target;

    private final long loadedCompactRevision;
    private long[] leftovers;

    Purger(ReplicaWriter writer, RevisionReader reader, ReplicaLimits limits, Loaded loaded, ReplicaMeters meters) {
        this.meters = meters;
        this.writer = writer;
        this.reader = reader;
        this.delay = limits.purgeDelay();
        this.leftovers = loaded.leftovers().stream().mapToLong(Long::longValue).toArray();
        this.loadedCompactRevision = loaded.meta().compactRevision();
        this.target = loadedCompactRevision;
        this.purged = loaded.meta().purgedRevision();
    }

    /** Finishes what an earlier process began: the state was read without those rows. */
    void start() {
        schedule(this::run, Duration.ZERO);
    }

    /** Names the witness of the purges to come. */
    void show(PurgeWitness newWitness) {
        witness = newWitness;
    }

    /** Names the owner of the state, in place of the one before. */
    void attach(CompactionSlices newOwner) {
        owner = newOwner;
        schedule(this::run, Duration.ZERO);
    }

    /** A compaction was applied. */
    void compacted(long revision) {
        Runnable purge = () -> {
            target = Math.max(target, revision);
            run();
        };
        schedule(purge, delay);
    }

    CompletableFuture<Void> purged(long revision) {
        CompletableFuture<Void> done = waiting.computeIfAbsent(revision, key -> new CompletableFuture<>());
        completeWaiting();
        if (closing.getCount() == 0) {
            cancelWaiting();
        }
        return done.copy();
    }

    /** Takes every free page off the file. */
    CompletableFuture<Void> defragment() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            executor.execute(() -> defragment(done));
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(e);
        }
        return done;
    }

    private void defragment(CompletableFuture<Void> done) {
        long startedNanos = meters.now();
        meters.defragmentationStarts();
        try {
            vacuumTo(0);
            done.complete(null);
        } catch (InterruptedException | ExecutionException | RuntimeException e) {
            done.completeExceptionally(e);
        } finally {
            meters.defragmentedSince(startedNanos);
        }
    }

    private void schedule(Runnable task, Duration after) {
        try {
            var _ = executor.schedule(task, after.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("replica closes, purge is left to the next start");
        }
    }

    private void run() {
        try {
            deleteLeftovers();
            CompactionSlices current = owner;
            if (current != null && target > purged) {
                purge(current, target);
                vacuumTo(Math.max(KEPT_PAGES, writer.pages().all() / KEPT_FRACTION));
            }
        } catch (InterruptedException e) {
            LOG.debug("replica closes, purge is left to the next start");
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            LOG.warn("purge failed, will be tried again target={} reason=\"{}\"", target, e.getMessage());
            schedule(this::run, RETRY);
        }
    }

    private void deleteLeftovers() throws InterruptedException, ExecutionException {
        if (purged < loadedCompactRevision) {
            delete(leftovers);
            leftovers = new long[0];
            record(loadedCompactRevision);
        }
    }

    private void purge(CompactionSlices current, long to)
            throws InterruptedException, ExecutionException, TimeoutException {
        long startedNanos = meters.now();
        witness.beforePurge(to, this::rest);
        long last = RevisionId.pack(to, RevisionId.MAX_SUB);
        long next = RevisionId.pack(Math.max(0, purged), 0);
        Set<Bytes> slice = new LinkedHashSet<>();
        LongArray forgotten = new LongArray();
        while (next <= last) {
            List<Bytes> keys = new ArrayList<>();
            next = reader.keys(next, last, KEYS_PER_READ, keys) + 1;
            for (Bytes key : keys) {
                if (slice.add(key) && slice.size() == SLICE_KEYS) {
                    forgotten.addAll(forget(current, to, slice));
                    if (forgotten.size() >= MAX_FORGOTTEN) {
                        delete(forgotten.takeSorted());
                    }
                }
            }
        }
        forgotten.addAll(forget(current, to, slice));
        delete(forgotten.takeSorted());
        record(to);
        meters.purgedSince(startedNanos);
    }

    /** Answers the rows that nobody can read from now on. */
    private long[] forget(CompactionSlices current, long to, Set<Bytes> slice)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (slice.isEmpty()) {
            return new long[0];
        }
        long[] rows = current.prune(to, List.copyOf(slice)).get(OWNER_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        slice.clear();
        rest();
        return rows;
    }

    private void delete(long[] ids) throws InterruptedException, ExecutionException {
        for (int at = 0; at < ids.length; at += SLICE_ROWS) {
            int from = at;
            int to = Math.min(at + SLICE_ROWS, ids.length);
            await(writer.submitChange((connection, meta) -> {
                int deleted = connection.deleteRevisions(ids, from, to);
                meters.rowsPurged(deleted);
                return meta.withRows(meta.revision(), -deleted);
            }));
        }
    }

    private void record(long revision) throws InterruptedException, ExecutionException {
        await(writer.submitChange((connection, meta) -> meta.purged(revision)));
        purged = revision;
        completeWaiting();
    }

    private void vacuumTo(long freePages) throws InterruptedException, ExecutionException {
        long before = writer.pages().free();
        for (long free = before; free > freePages; free = writer.pages().free()) {
            int step = (int) Math.min(VACUUM_PAGES, free - freePages);
            await(writer.submit(connection -> connection.vacuum(step)));
        }
        if (before > freePages) {
            await(writer.submit(WriterConnection::checkpoint));
        }
    }

    /** Waits for one step, and then a little, so that steps never crowd out the entries that wait. */
    private void await(CompletableFuture<Void> step) throws InterruptedException, ExecutionException {
        step.get();
        rest();
    }

    private void rest() throws InterruptedException {
        if (closing.await(PAUSE.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new InterruptedException();
        }
    }

    private void completeWaiting() {
        Map<Long, CompletableFuture<Void>> reached = waiting.headMap(purged, true);
        reached.values().forEach(done -> done.complete(null));
        reached.clear();
    }

    private void cancelWaiting() {
        waiting.values()
                .forEach(done -> done.completeExceptionally(new CancellationException("the replica is closed")));
        waiting.clear();
    }

    /** Stops after the step under way; the next start goes on from there. */
    void shutDown() throws InterruptedException {
        closing.countDown();
        executor.shutdownNow();
        executor.awaitTermination(OWNER_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        cancelWaiting();
    }
}
