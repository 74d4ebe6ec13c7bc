package io.netsy.chaos.sim;

import io.netsy.chaos.sim.SimFigures.Seen;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.Chunk;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.core.PrimaryEvent;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** What a primary asks of the bucket, the register and its own file; what comes of it is an event. */
final class SimLinks {
    private static final long RETRY = 200 * SimScheduler.MILLI;
    private static final int FRAMES_OF_ONE_READ = 6;
    private static final int RETAINED_ENTRIES = 30;

    private final SimPrimary primary;
    private final SimCluster cluster;

    SimLinks(SimPrimary primary, SimCluster cluster) {
        this.primary = primary;
        this.cluster = cluster;
    }

    private Moment now() {
        return primary.now();
    }

    private <T> Consumer<T> guarded(Consumer<T> action) {
        return value -> primary.guarded(() -> action.accept(value)).run();
    }

    private void step(PrimaryEvent event) {
        primary.step(event);
    }

    void put(Chunk chunk) {
        long first = chunk.firstIndex();
        cluster.bucket(primary.node().name())
                .create(
                        chunk,
                        guarded(created -> step(
                                created
                                        ? new PrimaryEvent.ChunkCreated(first, now())
                                        : new PrimaryEvent.ChunkRefused(first))),
                        primary.guarded(() -> step(new PrimaryEvent.ChunkOutcomeUnknown(first, "no answer"))));
    }

    void read(long first) {
        cluster.bucket(primary.node().name())
                .read(
                        first,
                        guarded(found -> step(
                                found.isPresent()
                                        ? new PrimaryEvent.ChunkFound(found.get(), now())
                                        : new PrimaryEvent.ChunkAbsent(first, now()))),
                        primary.guarded(() -> step(new PrimaryEvent.ChunkUnreadable(first, "no answer", now()))));
    }

    void look() {
        Moment askedAt = now();
        cluster.bucket(primary.node().name())
                .readRegister(
                        guarded(seen -> step(seen.map(register ->
                                        seen(cluster.sabotage().register(primary.node(), register), askedAt))
                                .orElseGet(() -> new PrimaryEvent.RegisterUnreadable("it is gone", now())))),
                        primary.guarded(() -> step(new PrimaryEvent.RegisterUnreadable("no answer", now()))));
    }

    private PrimaryEvent seen(TermRegister register, Moment askedAt) {
        UUID process = register.state() == State.ASSIGNED ? register.process() : Registers.NOBODY;
        return new PrimaryEvent.RegisterSeen(register.term(), process, askedAt, now());
    }

    /** Rule and voters, into the register if it still names this process; what is already there counts. */
    void record(SyncRule rule, Set<Identity> voters) {
        Runnable failed = primary.guarded(() -> step(new PrimaryEvent.RuleNotRecorded("no answer", now())));
        cluster.bucket(primary.node().name())
                .readRegister(
                        guarded(found -> {
                            if (found.isEmpty()
                                    || !Registers.isHeldBy(found.get(), primary.term(), primary.process())) {
                                failed.run();
                            } else if (Registers.rule(found.get()).equals(rule)
                                    && Registers.voters(found.get()).equals(voters)) {
                                recorded();
                            } else {
                                swap(found.get(), rule, voters);
                            }
                        }),
                        failed);
    }

    private void swap(TermRegister found, SyncRule rule, Set<Identity> voters) {
        Runnable failed = primary.guarded(() -> step(new PrimaryEvent.RuleNotRecorded("not swapped", now())));
        cluster.bucket(primary.node().name())
                .swap(
                        found,
                        Registers.withRule(
                                found, rule, voters, cluster.scheduler().newId()),
                        guarded(swapped -> {
                            if (swapped) {
                                note(Registers.rule(found), rule);
                                recorded();
                            } else {
                                failed.run();
                            }
                        }),
                        failed);
    }

    private void note(SyncRule from, SyncRule to) {
        cluster.trace().add(primary.node().name(), "register: from %s to %s".formatted(from, to));
        cluster.figures().count(Seen.RULE_CHANGES);
        if (from.level().needsStandbys() && !to.level().needsStandbys()) {
            cluster.figures().count(Seen.DEGRADED);
        } else if (to.level().needsStandbys() && !from.level().needsStandbys()) {
            cluster.figures().count(Seen.RETURNED);
        }
    }

    private void recorded() {
        step(new PrimaryEvent.RuleRecorded(now()));
    }

    /** Looks in the chain; with retention, what is far behind its end is not there any more. */
    void locate(long stream, List<LogPosition> candidates) {
        cluster.bucket(primary.node().name())
                .walk(
                        guarded(walk -> {
                            long oldest = cluster.plan().faults().retention()
                                    ? walk.tip().index() - RETAINED_ENTRIES
                                    : 0;
                            Optional<LogPosition> found = candidates.reversed().stream()
                                    .filter(position -> position.index() >= oldest && walk.contains(position))
                                    .findFirst();
                            step(new PrimaryEvent.PositionLocated(stream, found, now()));
                        }),
                        primary.guarded(() -> primary.later(RETRY, () -> locate(stream, candidates))));
    }

    /** From the own file if it goes back so far, else from the bucket; if that can't be read the stream ends. */
    void readFrames(long stream, long fromIndex) {
        List<Frame> own = primary.node().disk().from(fromIndex);
        if (!own.isEmpty()) {
            cluster.figures().count(Seen.FROM_FILE);
            primary.later(SimScheduler.MILLI, () -> frames(stream, own));
            return;
        }
        cluster.bucket(primary.node().name())
                .walk(
                        guarded(walk -> {
                            cluster.figures().count(Seen.FROM_BUCKET);
                            frames(stream, walk.from(fromIndex));
                        }),
                        primary.guarded(() -> primary.closeStream(stream)));
    }

    private void frames(long stream, List<Frame> frames) {
        step(new PrimaryEvent.FramesRead(
                stream, frames.stream().limit(FRAMES_OF_ONE_READ).toList(), now()));
    }
}
