package io.netsy.node.election;

import io.netsy.elector.assignment.ElectorAssignment;
import io.netsy.elector.election.ElectorCore;
import io.netsy.elector.election.ElectorEffect;
import io.netsy.elector.election.ElectorEvent;
import io.netsy.elector.election.ElectorSettings;
import io.netsy.elector.election.Waiver;
import io.netsy.elector.term.RegisterException;
import io.netsy.elector.term.RegisterStorage;
import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.RegisterStorage.SwapResult;
import io.netsy.elector.term.TermRegister;
import io.netsy.node.archive.DamagedObjectException;
import io.netsy.node.clock.NodeClock;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.replication.core.ElectorMessage.AskTail;
import io.netsy.replication.core.ElectorMessage.Fence;
import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.core.ElectorMessage.HandOver;
import io.netsy.replication.core.ElectorMessage.Ping;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import io.netsy.replication.wire.PeerAnswer.Said;
import io.netsy.replication.wire.PeerAnswer.Wish;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hosts an {@link ElectorCore}: one thread steps it and takes one event at a time; reads and swaps of the register and walks of the
 * bucket are done on threads that may block, and come back as events.
 *
 * <p>Whether it is appointed is asked anew before each event, for the end of the assignment's trust is told by nobody.
 */
public final class ElectorDriver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ElectorDriver.class);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final Parts parts;
    private final ScheduledExecutorService thread;
    private final TreeSet<Long> wakes = new TreeSet<>();
    private final WalkPace pace = new WalkPace();
    private ElectorCore core;
    private long generation;
    private @Nullable UUID lastWish;
    private volatile @Nullable LogPosition required;
    private volatile boolean appointed;
    private volatile ElectorEvent.@Nullable MembersKnown members;
    private volatile String lastNote = "";
    private final CompletableFuture<TermRegister> forced = new CompletableFuture<>();

    /**
     * What an elector works with.
     *
     * @param assignment says whether this process is the elector
     * @param logPresent whether the bucket holds any log
     * @param io runs what blocks
     */
    public record Parts(
            ElectorSettings settings,
            ElectorAssignment assignment,
            RegisterStorage register,
            BooleanSupplier logPresent,
            TipSource tips,
            NodeCalls nodes,
            NodeClock clock,
            Executor io) {}

    /** Finds the end of the chain in the bucket, from now on; blocks. */
    @FunctionalInterface
    public interface TipSource {
        /**
         * The end.
         *
         * @param required a place to begin at, if the bucket holds it
         */
        LogPosition find(@Nullable LogPosition required) throws DamagedObjectException;
    }

    public ElectorDriver(Parts parts) {
        this.parts = parts;
        this.core = newCore();
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("netsy-elector").daemon().factory());
    }

    private ElectorCore newCore() {
        ElectorCore fresh = new ElectorCore(parts.settings(), parts.clock()::newId);
        ElectorEvent.MembersKnown known = members;
        if (known != null) {
            fresh.step(known);
        }
        return fresh;
    }

    /** From now on it elects whenever it is appointed. */
    public void start() {
        parts.assignment().onChange(() -> execute(this::reviewAppointment));
        var _ = thread.scheduleWithFixedDelay(
                guarded(this::reviewAppointment), 0, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        walkAheadIn(WalkPace.SHORTEST);
    }

    /** From now on these are the nodes, and these of them may be primary. Any thread. */
    public void membersAre(List<String> nodes, List<String> candidates) {
        ElectorEvent.MembersKnown known = new ElectorEvent.MembersKnown(nodes, candidates);
        members = known;
        execute(() -> perform(core.step(known)));
    }

    /**
     * Has the next election go on by an operator's word; to be called before {@link #start}. Completes with the register that names the
     * primary; fails with a {@link ForceRefusedException} when the word is not for what is there.
     */
    public CompletableFuture<TermRegister> force(Waiver waiver) {
        execute(() -> perform(core.step(new ElectorEvent.Force(waiver))));
        return forced;
    }

    /** What it did or waited for last, for people. */
    public String lastNote() {
        return lastNote;
    }

    /** Whether it may change who is primary. */
    public boolean isAppointed() {
        return appointed;
    }

    private void execute(Runnable action) {
        try {
            thread.execute(guarded(action));
        } catch (RejectedExecutionException _) {
            // Closed: whatever comes back now is of no use.
        }
    }

    /** An elector that fails remembers nothing and begins anew, as one does whose process was restarted. */
    private Runnable guarded(Runnable action) {
        return () -> {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.error("the elector failed and begins anew", e);
                generation++;
                core = newCore();
                appointed = false;
                wakes.clear();
            }
        };
    }

    /** What comes back to a core that is no more is dropped. */
    private void back(long of, Function<Moment, ElectorEvent> event) {
        execute(() -> {
            if (of == generation) {
                step(event);
            }
        });
    }

    private void step(Function<Moment, ElectorEvent> event) {
        reviewAppointment();
        perform(core.step(event.apply(parts.clock().now())));
    }

    private void reviewAppointment() {
        boolean now = parts.assignment().current().isSelf();
        if (now == appointed) {
            return;
        }
        appointed = now;
        if (now) {
            LOG.info("this is the elector, by {}", parts.assignment().describe());
            perform(core.step(new ElectorEvent.Appointed(parts.clock().now())));
            inBackground(this::walk);
        } else {
            LOG.info("this is not the elector any more");
            perform(core.step(new ElectorEvent.Dismissed()));
        }
    }

    private void perform(List<ElectorEffect> effects) {
        effects.forEach(this::perform);
    }

    private void perform(ElectorEffect effect) {
        long of = generation;
        switch (effect) {
            case ElectorEffect.ReadRegister _ -> inBackground(() -> back(of, read()));
            case ElectorEffect.CreateRegister(TermRegister first) ->
                inBackground(() -> back(of, swapped(() -> parts.register().create(first))));
            case ElectorEffect.SwapRegister(Stored expected, TermRegister next) ->
                inBackground(() -> back(of, swapped(() -> parts.register().swap(expected, next))));
            case ElectorEffect.FindTip(long term) -> inBackground(() -> back(of, findTip(term)));
            case ElectorEffect.Send(String node, FromElector message) -> send(of, node, message);
            case ElectorEffect.WakeAt(long bootNanos) -> wakeAt(of, bootNanos);
            case ElectorEffect.Note(String what) -> {
                lastNote = what;
                LOG.info("elector: {}", what);
            }
            case ElectorEffect.ForceRefused(String reason) ->
                forced.completeExceptionally(new ForceRefusedException(reason));
            case ElectorEffect.ForceDone(TermRegister register) -> forced.complete(register);
        }
    }

    private void inBackground(Runnable action) {
        parts.io().execute(action);
    }

    private Function<Moment, ElectorEvent> read() {
        try {
            Optional<Stored> found = parts.register().read();
            required = found.map(stored -> stored.register().requiredTip()).orElse(null);
            boolean logPresent = found.isEmpty() && parts.logPresent().getAsBoolean();
            return now -> new ElectorEvent.RegisterRead(found, logPresent, now);
        } catch (RegisterException | ObjectStoreException e) {
            return now -> new ElectorEvent.RegisterUnreadable(String.valueOf(e.getMessage()), now);
        }
    }

    /** A create or a swap of the register. */
    @FunctionalInterface
    private interface Swap {
        SwapResult run() throws RegisterException;
    }

    /** One that failed may have been done all the same, as far as anybody here can tell. */
    private static Function<Moment, ElectorEvent> swapped(Swap swap) {
        SwapResult result;
        try {
            result = swap.run();
        } catch (RegisterException | ObjectStoreException e) {
            result = new SwapResult.Unknown(String.valueOf(e.getMessage()));
        }
        SwapResult known = result;
        return now -> new ElectorEvent.RegisterSwapped(known, now);
    }

    private Function<Moment, ElectorEvent> findTip(long term) {
        try {
            LogPosition tip = parts.tips().find(required);
            return now -> new ElectorEvent.TipFound(term, tip, now);
        } catch (DamagedObjectException | ObjectStoreException e) {
            return now -> new ElectorEvent.TipUnreadable(term, String.valueOf(e.getMessage()), now);
        }
    }

    /** Walks again and again while it is appointed: nothing comes of it but a shorter walk in an election. */
    private void walkAheadIn(Duration pause) {
        try {
            var _ = thread.schedule(() -> inBackground(this::walkAhead), pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            // Closed.
        }
    }

    private void walkAhead() {
        try {
            walk();
        } finally {
            walkAheadIn(appointed ? pace.pause() : WalkPace.SHORTEST);
        }
    }

    private void walk() {
        if (!appointed) {
            return;
        }
        try {
            long startNanos = parts.clock().now().bootNanos();
            parts.tips().find(required);
            pace.walked(startNanos, parts.clock().now().bootNanos());
        } catch (DamagedObjectException | ObjectStoreException e) {
            LOG.debug("the log could not be walked ahead of time: {}", e.getMessage());
        }
    }

    private void send(long of, String node, FromElector message) {
        var _ = parts.nodes().ask(node, message, patience(message)).whenComplete((said, failure) -> {
            if (said != null) {
                execute(() -> {
                    if (of == generation) {
                        hear(said);
                    }
                });
            }
        });
    }

    /** A sign of life that comes late is none; a promise takes a flush of the disk. */
    private Duration patience(FromElector message) {
        Duration failAfter = parts.settings().failAfter();
        return switch (message) {
            case Ping _, HandOver _ -> failAfter.dividedBy(2);
            case Fence _, AskTail _ -> failAfter.multipliedBy(2);
        };
    }

    private void hear(Said said) {
        step(now -> new ElectorEvent.Heard(said.word(), now));
        Wish wish = said.wish().orElse(null);
        if (wish != null && appointed && !wish.id().equals(lastWish)) {
            lastWish = wish.id();
            LOG.info("elector: '{}' is wanted as primary", wish.node());
            step(now -> new ElectorEvent.SwitchTo(wish.node(), now));
        }
    }

    /** Equal times are one tick. */
    private void wakeAt(long of, long bootNanos) {
        if (wakes.add(bootNanos)) {
            tickAt(of, bootNanos);
        }
    }

    private void tickAt(long of, long bootNanos) {
        long left = Math.max(bootNanos - parts.clock().now().bootNanos(), 0);
        try {
            var _ = thread.schedule(guarded(() -> tick(of, bootNanos)), left, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException _) {
            // Closed.
        }
    }

    /** The thread's own clock and the boot clock may differ. */
    private void tick(long of, long bootNanos) {
        if (of != generation) {
            return;
        }
        if (bootNanos - parts.clock().now().bootNanos() > 0) {
            tickAt(of, bootNanos);
        } else {
            wakes.remove(bootNanos);
            step(ElectorEvent.Tick::new);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
