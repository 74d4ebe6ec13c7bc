package io.netsy.chaos.sim;

import io.netsy.chaos.sim.SimFigures.Seen;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.Opening;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.StandbyRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * From the operator's word to a term. A stand-in for the election core, as small as the replication core needs it:
 *
 * <ol>
 *   <li>The same node's next process, whose disk holds all that its predecessor acknowledged, claims the next term at once.
 *   <li>Any other swaps the register to "electing", waits the lease out, and, at {@code quorum}, fences the voters: the old
 *       primary, or so many of its list that every set that may have vouched is met.
 *   <li>It walks the bucket; to that comes the longest tail among the fenced that links to the tip and is of its term. It
 *       must hold the tip that the register requires.
 *   <li>It swaps the register to its own name, its disk with it, and begins.
 * </ol>
 */
final class SimOpening {
    private static final long RETRY = 300 * SimScheduler.MILLI;
    private static final int PATIENCE = 20;
    private static final long DRIFT = SimScheduler.SECOND;

    private final SimPrimary primary;
    private final SimCluster cluster;
    private final Map<String, SimNode.Fenced> fenced = new HashMap<>();
    private boolean choosing;
    private int asked;
    private long current;

    SimOpening(SimPrimary primary, SimCluster cluster) {
        this.primary = primary;
        this.cluster = cluster;
    }

    void begin() {
        cluster.bucket().readRegister(guarded(this::decide), primary.guarded(() -> retry(this::begin)));
    }

    private void retry(Runnable action) {
        primary.later(RETRY, action);
    }

    private <T> Consumer<T> guarded(Consumer<T> action) {
        return value -> primary.guarded(() -> action.accept(value)).run();
    }

    private void decide(Register found) {
        boolean wasHere =
                !found.electing() && found.primary().equals(primary.node().name());
        boolean complete = found.rule().level().isCompleteInBucket();
        if (wasHere && (complete || found.voters().contains(primary.node().identity()))) {
            claim(found);
        } else {
            elect(found);
        }
    }

    private void swap(Register expected, Register next, Consumer<Register> won) {
        cluster.bucket()
                .swapSettled(
                        expected,
                        next,
                        guarded(swapped -> {
                            if (swapped) {
                                primary.claimed(next.term());
                                won.accept(next);
                            } else {
                                retry(this::begin);
                            }
                        }),
                        this::retry);
    }

    private void claim(Register found) {
        swap(found, found.claimed(primary.node().identity(), primary.process()), this::openWithOwnTail);
    }

    private void openWithOwnTail(Register mine) {
        walk(walk -> {
            List<Frame> tail = List.of();
            if (!mine.rule().level().isCompleteInBucket()) {
                SimDisk disk = primary.node().disk();
                tail = tail(walk.tip(), new SimNode.Fenced(primary.node().identity(), disk.base(), disk.all()));
            }
            if (holds(walk, tail, mine.requiredTip())) {
                open(mine, walk, tail);
            } else {
                elect(mine);
            }
        });
    }

    private void walk(Consumer<SimBucket.Walk> walked) {
        cluster.bucket()
                .walk(
                        guarded(walk -> {
                            if (walk.hole() && !cluster.sabotage().holesAreTips()) {
                                primary.node().stop("the bucket has a hole behind " + walk.tip());
                            } else {
                                walked.accept(walk);
                            }
                        }),
                        primary.guarded(() -> retry(() -> walk(walked))));
    }

    /** What of a disk's frames goes on after the tip, under the tip's term. */
    private static List<Frame> tail(LogPosition tip, SimNode.Fenced disk) {
        List<Frame> tail = new ArrayList<>();
        LogPosition end = tip;
        for (Frame frame : disk.frames()) {
            if (frame.follows(end) && frame.header().term() == tip.term()) {
                tail.add(frame);
                end = frame.end();
            }
        }
        return tail;
    }

    /** A later term that began in the bucket had it, or proved that nobody acknowledged it. */
    private static boolean holds(SimBucket.Walk walk, List<Frame> tail, LogPosition required) {
        return walk.tip().term() > required.term()
                || walk.contains(required)
                || tail.stream().anyMatch(frame -> frame.end().equals(required));
    }

    private void elect(Register replaced) {
        fenced.clear();
        choosing = false;
        asked = 0;
        swap(replaced, replaced.electing(primary.process()), electing -> {
            current = electing.term();
            cluster.trace().add(primary.node().name(), "elects in term " + electing.term());
            if (electing.rule().level().isCompleteInBucket()) {
                waitForLease(electing);
            } else {
                cluster.figures().count(Seen.FENCED_ELECTIONS);
                fenceAll(electing);
            }
        });
    }

    private void fenceAll(Register electing) {
        if (choosing || electing.term() != current) {
            return;
        }
        if (asked++ > PATIENCE) {
            current = 0;
            begin();
            return;
        }
        SimNode self = primary.node();
        self.disk().flushAll();
        SimDisk disk = self.disk();
        fenced.put(self.name(), new SimNode.Fenced(self.identity(), disk.base(), disk.all()));
        for (SimNode other : cluster.nodes()) {
            if (other != self) {
                cluster.network().send(self.name(), other.name(), () -> fence(other, electing));
            }
        }
        maybeChoose(electing);
        retry(() -> fenceAll(electing));
    }

    private void fence(SimNode other, Register electing) {
        SimNode.Fenced answer = other.fence(electing.term());
        if (answer != null) {
            cluster.network().send(other.name(), primary.node().name(), primary.guarded(() -> {
                if (electing.term() == current) {
                    fenced.put(other.name(), answer);
                    maybeChoose(electing);
                }
            }));
        }
    }

    private void maybeChoose(Register electing) {
        if (!choosing && electing.term() == current && isEnough(electing)) {
            choosing = true;
            waitForLease(electing);
        }
    }

    /** Whether every set of disks that may have vouched for an acknowledged entry has one among the fenced. */
    private boolean isEnough(Register electing) {
        List<String> voters = fenced.values().stream()
                .map(SimNode.Fenced::identity)
                .filter(electing.voters()::contains)
                .map(identity -> identity.nodeId())
                .toList();
        if (voters.contains(electing.primary())) {
            return true;
        }
        StandbyRule rule = electing.rule().standbys();
        List<String> list = rule.listFor(electing.primary(), cluster.plan().names());
        return list.stream().filter(voters::contains).count() >= rule.fenceSize(list.size());
    }

    private void waitForLease(Register electing) {
        long lease = cluster.plan().lease().toNanos();
        primary.later(lease == 0 ? 0 : lease + DRIFT, () -> walk(walk -> choose(electing, walk)));
    }

    private void choose(Register electing, SimBucket.Walk walk) {
        List<Frame> longest = List.of();
        for (SimNode.Fenced disk : fenced.values()) {
            List<Frame> tail = tail(walk.tip(), disk);
            if (electing.voters().contains(disk.identity()) && lastIndex(tail) > lastIndex(longest)) {
                longest = tail;
            }
        }
        List<Frame> chosen = longest;
        if (!holds(walk, chosen, electing.requiredTip())) {
            choosing = false;
            retry(() -> fenceAll(electing));
            return;
        }
        LogPosition tip = chosen.isEmpty() ? walk.tip() : chosen.getLast().end();
        swap(
                electing,
                electing.assigned(primary.node().identity(), primary.process(), tip),
                assigned -> open(assigned, walk, chosen));
    }

    private static long lastIndex(List<Frame> tail) {
        return tail.isEmpty() ? -1 : tail.getLast().lastIndex();
    }

    private void open(Register mine, SimBucket.Walk walk, List<Frame> tail) {
        LogPosition tip = walk.tip();
        long revision = walk.revision();
        List<Frame> rest = tail;
        LogPosition applied = primary.node().disk().applied();
        if (cluster.sabotage().beginsAtTheReplica() && applied.index() > tip.index()) {
            tip = applied;
            revision += applied.index();
            rest = tail.stream()
                    .filter(frame -> frame.firstIndex() > applied.index())
                    .toList();
        }
        List<Frame> archived = cluster.sabotage().archivedTail(tip, rest);
        primary.opened(mine, new Opening(tip, revision, archived, mine.voters()));
    }
}
