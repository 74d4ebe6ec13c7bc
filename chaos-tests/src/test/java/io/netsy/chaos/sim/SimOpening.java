package io.netsy.chaos.sim;

import io.netsy.elector.term.TermRegister;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.Opening;
import io.netsy.replication.core.TailFetch;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import java.util.function.Consumer;

/** From the register's word to the beginning of the term: finds the bucket's end, and gathers what is required behind it. */
final class SimOpening {
    private static final long RETRY = 200 * SimScheduler.MILLI;
    private static final int PATIENCE = 5;

    private final SimPrimary primary;
    private final SimCluster cluster;
    private final TermRegister register;
    private boolean opened;
    private boolean unable;

    SimOpening(SimPrimary primary, SimCluster cluster, TermRegister register) {
        this.primary = primary;
        this.cluster = cluster;
        this.register = register;
    }

    /** Whether it could not gather what is required so far. */
    boolean isUnable() {
        return unable && !opened;
    }

    void begin() {
        cluster.bucket(primary.node().name())
                .walk(
                        guarded(walk -> {
                            if (walk.hole() && !cluster.sabotage().holesAreTips()) {
                                primary.node().stop("the bucket has a hole behind " + walk.tip());
                            } else {
                                gather(walk);
                            }
                        }),
                        primary.guarded(() -> primary.later(RETRY, this::begin)));
    }

    private <T> Consumer<T> guarded(Consumer<T> action) {
        return value -> primary.guarded(() -> action.accept(value)).run();
    }

    private void gather(SimBucket.Walk walk) {
        LogPosition required = register.requiredTip() == null ? LogPosition.START : register.requiredTip();
        TailFetch fetch = new TailFetch(walk.tip(), required);
        primary.node().disk().after(walk.tip()).ifPresent(fetch::offer);
        ask(walk, fetch, 0);
    }

    private void ask(SimBucket.Walk walk, TailFetch fetch, int asked) {
        if (opened) {
            return;
        }
        if (fetch.isComplete() || cluster.sabotage().opensBelowTheRequiredTip()) {
            open(walk, fetch.frames());
            return;
        }
        if (asked > PATIENCE) {
            unable = true;
            begin();
            return;
        }
        for (SimNode other : cluster.nodes()) {
            if (other != primary.node()) {
                askFor(other, walk, fetch);
            }
        }
        primary.later(RETRY, () -> ask(walk, fetch, asked + 1));
    }

    private void askFor(SimNode other, SimBucket.Walk walk, TailFetch fetch) {
        LogPosition after = fetch.end();
        String self = primary.node().name();
        cluster.network().send(self, other.name(), () -> {
            List<Frame> frames = other.framesAfter(after);
            if (!frames.isEmpty()) {
                cluster.network().send(other.name(), self, primary.guarded(() -> {
                    fetch.offer(frames);
                    if (!opened && fetch.isComplete()) {
                        cluster.figures().count(SimFigures.Seen.FETCHES);
                        open(walk, fetch.frames());
                    }
                }));
            }
        });
    }

    private void open(SimBucket.Walk walk, List<Frame> tail) {
        opened = true;
        LogPosition tip = walk.tip();
        long revision = walk.revision();
        List<Frame> rest = tail;
        LogPosition begins = cluster.sabotage().beginning(primary.node().disk(), tip);
        if (begins.index() > tip.index()) {
            tip = begins;
            revision += begins.index();
            rest = tail.stream()
                    .filter(frame -> frame.firstIndex() > begins.index())
                    .toList();
        }
        List<Frame> archived = cluster.sabotage().archivedTail(tip, rest);
        LogPosition from = tip;
        List<Frame> history = walk.frames().stream()
                .filter(frame -> frame.lastIndex() <= from.index())
                .toList();
        Opening opening = new Opening(
                tip,
                revision,
                archived,
                Registers.voters(register),
                cluster.sabotage().forcedTerm(register));
        primary.opened(opening, history);
    }
}
