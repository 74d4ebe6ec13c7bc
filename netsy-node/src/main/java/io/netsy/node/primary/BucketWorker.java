package io.netsy.node.primary;

import io.netsy.elector.term.RegisterException;
import io.netsy.elector.term.RegisterStorage;
import io.netsy.elector.term.TermRegister;
import io.netsy.node.archive.DamagedObjectException;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.thread.Unhurried;
import io.netsy.replication.core.Chunk;
import io.netsy.replication.core.PrimaryEvent;
import io.netsy.replication.model.Moment;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the primary's core wants of the bucket, on threads of its own, and reports back as events: chunks on one
 * thread, or on one of the lowest priority while no commit waits for them; looks at the register on another, so that a slow PUT
 * never delays the proof of still being primary. The core has one chunk under way at a time, so the two threads take turns.
 */
public final class BucketWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BucketWorker.class);

    private final LogArchive archive;
    private final RegisterStorage register;
    private final NodeClock clock;
    private final PrimaryMeters meters;
    private final ExecutorService chunks = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("netsy-archiver").daemon().factory());
    private final ExecutorService unhurried = Executors.newSingleThreadExecutor(
            Unhurried.named("netsy-archiver-unhurried").factory());
    private final ExecutorService looks = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("netsy-register").daemon().factory());
    private volatile String lastFault = "";

    public BucketWorker(LogArchive archive, RegisterStorage register, NodeClock clock, PrimaryMeters meters) {
        this.meters = meters;
        this.archive = archive;
        this.register = register;
        this.clock = clock;
    }

    /** @param awaited whether commits wait for it; else it stands back behind what they wait for */
    void put(Chunk chunk, boolean awaited, Consumer<PrimaryEvent> events) {
        submit(awaited ? chunks : unhurried, () -> events.accept(tryPut(chunk)));
    }

    void read(long firstIndex, Consumer<PrimaryEvent> events) {
        submit(chunks, () -> events.accept(tryRead(firstIndex)));
    }

    void look(Consumer<PrimaryEvent> events) {
        submit(looks, () -> events.accept(tryLook()));
    }

    private static void submit(ExecutorService executor, Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("not sent, the primary is closed");
        }
    }

    private PrimaryEvent tryPut(Chunk chunk) {
        try {
            PutOutcome outcome = archive.put(chunk);
            healed();
            return switch (outcome) {
                case PutOutcome.Created ignored -> new PrimaryEvent.ChunkCreated(chunk.firstIndex(), clock.now());
                case PutOutcome.Exists ignored -> new PrimaryEvent.ChunkRefused(chunk.firstIndex());
            };
        } catch (ObjectStoreException.Refused e) {
            meters.putFailed();
            faulty(e);
            return new PrimaryEvent.ChunkAbsent(chunk.firstIndex(), clock.now());
        } catch (ObjectStoreException e) {
            meters.putFailed();
            faulty(e);
            return new PrimaryEvent.ChunkOutcomeUnknown(chunk.firstIndex(), String.valueOf(e.getMessage()));
        }
    }

    private PrimaryEvent tryRead(long firstIndex) {
        try {
            Optional<Chunk> found = archive.read(firstIndex);
            return found.isPresent()
                    ? new PrimaryEvent.ChunkFound(found.get(), clock.now())
                    : new PrimaryEvent.ChunkAbsent(firstIndex, clock.now());
        } catch (ObjectStoreException | DamagedObjectException e) {
            faulty(e);
            return new PrimaryEvent.ChunkUnreadable(firstIndex, String.valueOf(e.getMessage()), clock.now());
        }
    }

    private PrimaryEvent tryLook() {
        Moment askedAt = clock.now();
        try {
            Optional<RegisterStorage.Stored> stored = register.read();
            if (stored.isEmpty()) {
                meters.lookFailed();
                return new PrimaryEvent.RegisterUnreadable("the term register is gone", clock.now());
            }
            TermRegister seen = stored.get().register();
            UUID process = seen.state() == TermRegister.State.ASSIGNED ? seen.process() : new UUID(0, 0);
            return new PrimaryEvent.RegisterSeen(seen.term(), process, askedAt, clock.now());
        } catch (RegisterException e) {
            meters.lookFailed();
            LOG.warn("term register not readable: {}", e.getMessage());
            return new PrimaryEvent.RegisterUnreadable(String.valueOf(e.getMessage()), clock.now());
        }
    }

    /** One line for each new fault, not one for each try. */
    private void faulty(Exception e) {
        String fault = String.valueOf(e.getMessage());
        if (!fault.equals(lastFault)) {
            lastFault = fault;
            LOG.warn("the bucket does not take the log, writes wait: {}", fault);
        }
    }

    private void healed() {
        if (!lastFault.isEmpty()) {
            lastFault = "";
            LOG.info("the bucket takes the log again");
        }
    }

    @Override
    public void close() {
        chunks.shutdownNow();
        unhurried.shutdownNow();
        looks.shutdownNow();
    }
}
