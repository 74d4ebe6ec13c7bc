package io.netsy.chaos.sim;

import io.netsy.chaos.sim.SimFigures.Seen;
import io.netsy.elector.term.TermRegister;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.core.Chunk;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The bucket: chunks that are created once, and the term register that is swapped. Each request takes its time, may fail
 * before it gets there, may lose its answer, and may land long after whoever sent it is gone.
 */
final class SimBucket {
    private static final long TIMEOUT = 2 * SimScheduler.SECOND;
    private static final long LATEST = 12 * SimScheduler.SECOND;

    private final SimScheduler scheduler;
    private final SimPlan.Store faults;
    private final Invariants invariants;
    private final SimFigures figures;
    private final NavigableMap<Long, Chunk> chunks = new TreeMap<>();
    private Optional<TermRegister> register;
    private final Predicate<String> reachable;
    private boolean faulty = true;
    private long outageUntil;
    private String asker = "";
    private final Set<Long> freed = new HashSet<>();
    private final Sabotage sabotage;
    private long strandedForNanos;

    /** The chain as a walk found it. */
    record Walk(List<Frame> frames, boolean hole) {
        Walk {
            frames = List.copyOf(frames);
        }

        LogPosition tip() {
            return frames.isEmpty() ? LogPosition.START : frames.getLast().end();
        }

        long revision() {
            return frames.isEmpty() ? 1 : frames.getLast().header().lastRevision();
        }

        /** The frames from an index on. */
        List<Frame> from(long firstIndex) {
            return frames.stream()
                    .filter(frame -> frame.firstIndex() >= firstIndex)
                    .toList();
        }

        boolean contains(LogPosition position) {
            return position.index() == 0
                    || frames.stream().anyMatch(frame -> frame.end().equals(position));
        }
    }

    /** @param reachable whether whoever asks reaches it */
    SimBucket(SimPlan.Store faults, SimScheduler scheduler, SimWitness witness, Predicate<String> reachable) {
        this.faults = faults;
        this.scheduler = scheduler;
        this.invariants = witness.invariants();
        this.figures = witness.figures();
        this.sabotage = witness.sabotage();
        this.register = Optional.of(witness.first());
        this.reachable = reachable;
    }

    /** Who sees what happens, and the register that stands at the beginning. */
    record SimWitness(Invariants invariants, SimFigures figures, TermRegister first, Sabotage sabotage) {}

    /** For one request of this node or elector. */
    SimBucket askedBy(String name) {
        asker = name;
        return this;
    }

    /** Creates the chunk under its key; answers whether it did, and false if something is there. */
    void create(Chunk chunk, Consumer<Boolean> answered, Runnable unanswered) {
        request(() -> createNow(chunk), answered, unanswered);
    }

    private boolean createNow(Chunk chunk) {
        if (!freed.remove(chunk.firstIndex()) && chunks.containsKey(chunk.firstIndex())) {
            return false;
        }
        chunks.put(chunk.firstIndex(), chunk);
        invariants.stored(chunk);
        return true;
    }

    void read(long firstIndex, Consumer<Optional<Chunk>> answered, Runnable unanswered) {
        request(
                () -> holdsKey(firstIndex) ? Optional.ofNullable(chunks.get(firstIndex)) : Optional.empty(),
                answered,
                unanswered);
    }

    /** Walks from the first key to the end of the chain. */
    void walk(Consumer<Walk> answered, Runnable unanswered) {
        request(this::walkNow, answered, unanswered);
    }

    Walk walkNow() {
        List<Frame> frames = new ArrayList<>();
        long next = 1;
        for (Chunk chunk = chunks.get(next); chunk != null; chunk = chunks.get(next)) {
            frames.addAll(chunk.frames());
            next = chunk.end().index() + 1;
        }
        return new Walk(frames, chunks.higherKey(next) != null);
    }

    void readRegister(Consumer<Optional<TermRegister>> answered, Runnable unanswered) {
        request(() -> register, answered, unanswered);
    }

    /** Creates the first register unless there is one; answers whether it did. */
    void createRegister(TermRegister first, Consumer<Boolean> answered, Runnable unanswered) {
        request(() -> register.isEmpty() && put(first), answered, unanswered);
    }

    /** Replaces the register if it is still the one expected; answers whether it did. */
    void swap(TermRegister expected, TermRegister next, Consumer<Boolean> answered, Runnable unanswered) {
        if (strandedForNanos > 0) {
            landing(strandedForNanos, () -> swapNow(expected, next));
            strandedForNanos = 0;
            scheduler.after(TIMEOUT / 20, unanswered);
            return;
        }
        request(() -> swapNow(expected, next), answered, unanswered);
    }

    private boolean swapNow(TermRegister expected, TermRegister next) {
        boolean isThere = sabotage.comparesWhatIsSaid()
                ? register.filter(now -> Registers.saySame(now, expected)).isPresent()
                : register.equals(Optional.of(expected));
        return isThere && put(next);
    }

    /** The next swap of the register is under way for so long, and whoever sent it soon hears that nobody knows. */
    void strandNextSwap(long nanos) {
        strandedForNanos = nanos;
    }

    private boolean put(TermRegister next) {
        register = Optional.of(next);
        invariants.registered(next);
        return true;
    }

    private <T> void request(Supplier<T> operation, Consumer<T> answered, Runnable unanswered) {
        double dice = scheduler.random().nextDouble();
        long there = latency();
        if (scheduler.now() < outageUntil || !reachable.test(asker)) {
            scheduler.after(TIMEOUT / 4, unanswered);
        } else if (faulty && dice < faults.failed()) {
            scheduler.after(there, unanswered);
        } else if (faulty && dice < faults.failed() + faults.answerLost()) {
            landing(there, operation);
            scheduler.after(there + latency(), unanswered);
        } else if (faulty && dice < faults.failed() + faults.answerLost() + faults.late()) {
            figures.count(Seen.LATE_PUTS);
            scheduler.after(scheduler.between(TIMEOUT / 20, TIMEOUT), unanswered);
            landing(scheduler.between(there, LATEST), operation);
        } else {
            scheduler.after(there, () -> {
                T value = operation.get();
                scheduler.after(latency(), () -> answered.accept(value));
            });
        }
    }

    /** It is done, and nobody hears of it. */
    private <T> void landing(long delayNanos, Supplier<T> operation) {
        scheduler.after(delayNanos, () -> {
            var _ = operation.get();
        });
    }

    private long latency() {
        return scheduler.between(faults.minNanos(), faults.maxNanos());
    }

    /** Whether something stands at the key of an index. */
    boolean holdsKey(long firstIndex) {
        return chunks.containsKey(firstIndex) && !freed.contains(firstIndex);
    }

    /** The register as it is. */
    TermRegister register() {
        return register.orElseThrow();
    }

    boolean holdsLog() {
        return !chunks.isEmpty();
    }

    /** The register goes away, as it never may. */
    void deleteRegister() {
        register = Optional.empty();
    }

    boolean hasRegister() {
        return register.isPresent();
    }

    void outage(long nanos) {
        outageUntil = scheduler.now() + nanos;
    }

    /** Nothing fails from here on; what is late stays late. */
    void heal() {
        faulty = false;
        outageUntil = 0;
    }

    /**
     * Retention frees the keys below an index, all but those of the first chunk of each term; a snapshot stands for what they held, so
     * that walks find it.
     */
    void retainFrom(long index) {
        for (Chunk chunk : chunks.headMap(index, false).values()) {
            if (!sabotage.keepsFirstChunks() || !beginsATerm(chunk)) {
                freed.add(chunk.firstIndex());
            }
        }
    }

    private static boolean beginsATerm(Chunk chunk) {
        try {
            return chunk.frames().getFirst().entries().getFirst() instanceof Entry.TermStart;
        } catch (FrameException e) {
            throw new InvariantBroken("unreadable: " + e.getMessage());
        }
    }

    /** A key goes away, as no key may: a lifecycle rule that somebody set (protocol safety, 27). */
    void lose(long firstIndex) {
        chunks.remove(firstIndex);
    }
}
