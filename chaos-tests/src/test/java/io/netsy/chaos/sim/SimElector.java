package io.netsy.chaos.sim;

import io.netsy.chaos.sim.SimFigures.Seen;
import io.netsy.elector.election.ElectorCore;
import io.netsy.elector.election.ElectorEffect;
import io.netsy.elector.election.ElectorEvent;
import io.netsy.elector.election.ElectorSettings;
import io.netsy.elector.election.Waiver;
import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.RegisterStorage.SwapResult;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.core.ElectorMessage.FromNode;
import io.netsy.replication.core.Membership;
import io.netsy.replication.model.Moment;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Hosts an elector's core: a process of its own, which remembers nothing when it starts again. */
final class SimElector {
    private static final Duration HEARTBEAT = Duration.ofMillis(400);
    private static final Duration FAIL_AFTER = Duration.ofSeconds(1);
    private static final Duration RESUME_AFTER = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofMillis(200);

    private final String name;
    private final SimCluster cluster;
    private final SimClock clock;
    private final SimFreeze freeze;
    private final TreeSet<Long> wakes = new TreeSet<>();
    private @Nullable ElectorCore core;
    private boolean appointed;
    private long start;

    SimElector(String name, SimCluster cluster) {
        this.name = name;
        this.cluster = cluster;
        this.clock = cluster.newClock();
        this.freeze = new SimFreeze(cluster.scheduler(), clock);
    }

    String name() {
        return name;
    }

    boolean isUp() {
        return core != null;
    }

    boolean isAppointed() {
        return appointed;
    }

    void start() {
        start++;
        wakes.clear();
        SimPlan plan = cluster.plan();
        core = new ElectorCore(
                new ElectorSettings(
                        name,
                        plan.members(),
                        plan.candidates().stream()
                                .filter(plan.members()::contains)
                                .toList(),
                        plan.lease(),
                        HEARTBEAT,
                        FAIL_AFTER,
                        RESUME_AFTER,
                        RETRY),
                cluster.scheduler()::newId);
        if (appointed) {
            step(new ElectorEvent.Appointed(now()));
        }
    }

    void crash() {
        cluster.trace().add(name, "crashes");
        core = null;
        start++;
        freeze.end();
    }

    void freeze(long nanos) {
        cluster.trace().add(name, "freezes for %d ms".formatted(nanos / SimScheduler.MILLI));
        freeze.begin(nanos);
    }

    /** Whoever appoints electors appoints this one; it may not be the only one. */
    void appoint() {
        cluster.trace().add(name, "is appointed");
        appointed = true;
        tell(this::hearOfAppointment);
    }

    void dismiss() {
        cluster.trace().add(name, "is dismissed");
        appointed = false;
        tell(this::hearOfAppointment);
    }

    /** As it is by the time it hears of it. */
    private void hearOfAppointment() {
        step(appointed ? new ElectorEvent.Appointed(now()) : new ElectorEvent.Dismissed());
    }

    void switchTo(String node) {
        tell(() -> step(new ElectorEvent.SwitchTo(node, now())));
    }

    void force(Waiver waiver) {
        tell(() -> step(new ElectorEvent.Force(waiver)));
    }

    private void tell(Runnable action) {
        if (core != null) {
            guarded(action).run();
        }
    }

    private Moment now() {
        return clock.moment();
    }

    private Runnable guarded(Runnable action) {
        long of = start;
        return () -> freeze.whenAwake(() -> {
            if (of == start && core != null) {
                action.run();
            }
        });
    }

    void heard(FromNode message) {
        tell(() -> step(new ElectorEvent.Heard(message, now())));
    }

    /** What a node knows of members that an elector asks now and then. */
    private void maybeLearnMembers() {
        if (cluster.scheduler().chance(0.02)) {
            List<SimNode> all = cluster.nodes();
            SimNode node = all.get((int) cluster.scheduler().between(0, all.size()));
            Membership known = cluster.members().knownAt(node.disk().applied().index());
            List<String> nodes =
                    cluster.plan().nodes().stream().filter(known::contains).toList();
            List<String> candidates = cluster.plan().candidates().stream()
                    .filter(known.voting()::contains)
                    .toList();
            ElectorCore current = core;
            if (current != null) {
                current.step(new ElectorEvent.MembersKnown(nodes, candidates));
            }
        }
    }

    private void step(ElectorEvent event) {
        if (cluster.plan().changesMembers()) {
            maybeLearnMembers();
        }
        ElectorCore current = core;
        if (current == null) {
            return;
        }
        ElectorEvent next = cluster.sabotage().toElector(event);
        if (!(next instanceof ElectorEvent.Tick || next instanceof ElectorEvent.Heard)) {
            cluster.trace().add(name, next);
        }
        for (ElectorEffect effect : cluster.sabotage().fromElector(next, current.step(next))) {
            perform(effect);
        }
    }

    private void perform(ElectorEffect effect) {
        switch (effect) {
            case ElectorEffect.ReadRegister _ -> read();
            case ElectorEffect.CreateRegister create ->
                cluster.bucket(name)
                        .createRegister(
                                create.first(),
                                created -> guarded(() -> swapped(created, create.first()))
                                        .run(),
                                guarded(this::unknown));
            case ElectorEffect.SwapRegister swap -> swap(swap);
            case ElectorEffect.FindTip find -> findTip(find.term());
            case ElectorEffect.Send send -> send(send.node(), send.message());
            case ElectorEffect.WakeAt wake -> wakeAt(wake.bootNanos());
            case ElectorEffect.ForceRefused refused -> ended("force is refused: " + refused.reason());
            case ElectorEffect.ForceDone done -> ended("force is done: " + done.register());
            case ElectorEffect.Note note -> cluster.trace().add(name, note.what());
        }
    }

    /** The process was for one election. */
    private void ended(String what) {
        cluster.trace().add(name, what);
        crash();
    }

    private void read() {
        cluster.bucket(name)
                .readRegister(
                        found -> guarded(() -> step(new ElectorEvent.RegisterRead(
                                        found.map(SimElector::stored),
                                        cluster.bucket().holdsLog(),
                                        now())))
                                .run(),
                        guarded(() -> step(new ElectorEvent.RegisterUnreadable("no answer", now()))));
    }

    private static Stored stored(TermRegister register) {
        return new Stored(register, register.version());
    }

    private void swap(ElectorEffect.SwapRegister swap) {
        TermRegister next = swap.next();
        cluster.figures().count(next.state() == State.ELECTING ? Seen.CLAIMS : Seen.ASSIGNMENTS);
        cluster.bucket(name)
                .swap(
                        cluster.sabotage().swapsBlindly()
                                ? cluster.bucket().register()
                                : swap.expected().register(),
                        next,
                        done -> guarded(() -> swapped(done, next)).run(),
                        guarded(this::unknown));
    }

    private void swapped(boolean done, TermRegister next) {
        if (!done) {
            cluster.figures().count(Seen.LOST_SWAPS);
        }
        step(new ElectorEvent.RegisterSwapped(
                done ? new SwapResult.Swapped(stored(next)) : new SwapResult.Lost(), now()));
    }

    private void unknown() {
        step(new ElectorEvent.RegisterSwapped(new SwapResult.Unknown("no answer"), now()));
    }

    private void findTip(long term) {
        Runnable failed = guarded(() -> step(new ElectorEvent.TipUnreadable(term, "no answer", now())));
        cluster.bucket(name)
                .walk(
                        walk -> {
                            if (walk.hole() && !cluster.sabotage().holesAreTips()) {
                                cluster.trace().add(name, "the bucket has a hole behind " + walk.tip());
                                failed.run();
                            } else {
                                guarded(() -> step(new ElectorEvent.TipFound(term, walk.tip(), now())))
                                        .run();
                            }
                        },
                        failed);
    }

    private void send(String node, FromElector message) {
        cluster.network().send(name, node, () -> cluster.node(node).heard(this, message));
    }

    /** Equal times are one tick. */
    private void wakeAt(long bootNanos) {
        if (wakes.add(bootNanos)) {
            cluster.scheduler().after(clock.delayUntil(bootNanos), guarded(() -> {
                wakes.remove(bootNanos);
                step(new ElectorEvent.Tick(now()));
            }));
        }
    }
}
