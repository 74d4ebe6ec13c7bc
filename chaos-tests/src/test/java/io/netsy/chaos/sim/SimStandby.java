package io.netsy.chaos.sim;

import io.netsy.chaos.sim.SimFigures.Seen;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.PeerMessage.Begin;
import io.netsy.replication.core.PeerMessage.FromPrimary;
import io.netsy.replication.core.PeerMessage.Progress;
import io.netsy.replication.core.PeerMessage.Report;
import io.netsy.replication.core.StandbyCore;
import io.netsy.replication.core.StandbyEffect;
import io.netsy.replication.core.StandbyEffect.RebuildFromBucket;
import io.netsy.replication.core.StandbyEvent;
import io.netsy.replication.model.LogPosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Hosts a standby's core: its stream, its disk, its replica, and the reads that come to it. */
final class SimStandby {
    private static final long NO_STREAM = -1;
    private static final long SILENCE = 3 * SimScheduler.SECOND;
    private static final long TICK = 500 * SimScheduler.MILLI;

    private final SimNode node;
    private final SimCluster cluster;
    private final Deque<StandbyEvent> inbox = new ArrayDeque<>();
    private final List<Read> reads = new ArrayList<>();
    private @Nullable StandbyCore core;
    private boolean alive = true;
    private boolean stepping;
    private String primary;
    private long stream = NO_STREAM;
    private long heardAt;
    private long appliedBy;
    private long reportedFlushed;
    private long toldCommitted;
    private long question;
    private boolean asked;

    /** A read that waits: for the answer to a question that left after it came, then for the replica. */
    private static final class Read {
        private final long fromQuestion;
        private final LongConsumer shown;
        private long index = -1;

        Read(long fromQuestion, LongConsumer shown) {
            this.fromQuestion = fromQuestion;
            this.shown = shown;
        }
    }

    /** @param primary whom it follows; nobody's name is empty */
    SimStandby(SimNode node, SimCluster cluster, String primary) {
        this.node = node;
        this.cluster = cluster;
        this.primary = primary;
    }

    void start() {
        core = new StandbyCore(node.identity(), node.disk().holdings());
        connect();
        tick();
    }

    void end() {
        alive = false;
    }

    /** Another one is to be followed. */
    void follow(String other) {
        if (!other.equals(primary)) {
            primary = other;
            if (stream != NO_STREAM) {
                leave();
            }
            connect();
        }
    }

    /** An elector asks; while the disk is built anew there is nothing to answer. */
    void fence(long ask, long term) {
        step(new StandbyEvent.FenceAsked(ask, term));
    }

    /** Whether a primary streams to it, and in which term. */
    boolean isFollowing() {
        return core != null && core.isStreaming();
    }

    long term() {
        return core == null ? 0 : core.term();
    }

    long silentNanos() {
        return cluster.scheduler().now() - heardAt;
    }

    boolean isRebuilding() {
        return core == null;
    }

    long reportedFlushed() {
        return reportedFlushed;
    }

    private void later(long delayNanos, Runnable action) {
        cluster.scheduler().after(delayNanos, guarded(action));
    }

    private Runnable guarded(Runnable action) {
        return () -> node.whenAwake(() -> {
            if (alive) {
                action.run();
            }
        });
    }

    /** Work on the disk that began before it was built anew ends with that. */
    private Runnable onThisDisk(Runnable action) {
        StandbyCore current = core;
        return guarded(() -> {
            if (core == current) {
                action.run();
            }
        });
    }

    private void tick() {
        if (stream != NO_STREAM && cluster.scheduler().now() - heardAt > SILENCE) {
            leave();
        }
        connect();
        asked = false;
        maybeAsk();
        later(TICK, this::tick);
    }

    private void connect() {
        if (alive && stream == NO_STREAM && core != null && !primary.isEmpty()) {
            stream = cluster.network().open(node.name(), primary);
            heardAt = cluster.scheduler().now();
            step(new StandbyEvent.StreamOpened(stream));
        }
    }

    private void leave() {
        long left = stream;
        cluster.network().close(left, node.name());
        stream = NO_STREAM;
        step(new StandbyEvent.StreamClosed(left));
    }

    void closed(long closed) {
        if (closed == stream) {
            stream = NO_STREAM;
            boolean followed = isFollowing();
            step(new StandbyEvent.StreamClosed(closed));
            if (followed) {
                node.streamLost();
            }
            later(TICK / 4, this::connect);
        }
    }

    void heard(long on, FromPrimary message) {
        if (on == stream) {
            heardAt = cluster.scheduler().now();
            if (message instanceof Begin begin) {
                told(begin.progress());
            } else if (message instanceof Progress progress) {
                told(progress);
            }
        }
        step(new StandbyEvent.PrimarySaid(on, message));
    }

    private void told(Progress progress) {
        toldCommitted = Math.max(toldCommitted, progress.committed().index());
    }

    private void step(StandbyEvent event) {
        inbox.add(event);
        if (stepping) {
            return;
        }
        stepping = true;
        while (alive && core != null && !inbox.isEmpty()) {
            StandbyEvent next = cluster.sabotage().toStandby(inbox.remove());
            cluster.trace().add(node.name(), next);
            for (StandbyEffect effect : cluster.sabotage().fromStandby(next, core.step(next))) {
                perform(effect);
            }
        }
        inbox.clear();
        stepping = false;
        serveReads();
    }

    private void perform(StandbyEffect effect) {
        switch (effect) {
            case StandbyEffect.ToPrimary said -> {
                if (said.message() instanceof Report report) {
                    reportedFlushed = report.flushed().index();
                }
                cluster.network().toPrimary(said.stream(), said.message());
            }
            case StandbyEffect.AppendFrame append -> node.disk().append(append.frame());
            case StandbyEffect.Flush flush -> flush(flush.cut());
            case StandbyEffect.Truncate truncate -> truncate(truncate.after());
            case StandbyEffect.PromiseTerm promise -> node.promise(promise.term());
            case StandbyEffect.AnswerFence answer -> node.answerFence(answer.ask(), answer.term(), answer.flushed());
            case StandbyEffect.Apply apply -> apply(apply.frames());
            case StandbyEffect.MayForget forget -> {
                if (cluster.scheduler().chance(0.3)) {
                    node.disk().forget(forget.storedIndex());
                }
            }
            case StandbyEffect.Began ignored -> {
                asked = false;
                maybeAsk();
            }
            case StandbyEffect.AnswerIndex answer -> answered(answer.question(), answer.index());
            case StandbyEffect.CloseStream close -> {
                cluster.network().close(close.stream(), node.name());
                if (close.stream() == stream) {
                    stream = NO_STREAM;
                    later(TICK / 4, this::connect);
                }
            }
            case StandbyEffect.RebuildFromBucket rebuild -> rebuild(rebuild);
        }
    }

    private void flush(long cut) {
        LogPosition end = node.disk().end();
        int cuts = node.disk().cuts();
        long takes =
                cluster.scheduler().between(1, cluster.plan().faults().disk().maxFlushNanos());
        cluster.scheduler().after(takes, onThisDisk(() -> {
            node.flushEnded(end, cuts);
            step(new StandbyEvent.FlushEnded(cut, end));
        }));
    }

    private void truncate(LogPosition after) {
        cluster.figures().count(Seen.REWINDS);
        node.disk().truncate(after);
        reportedFlushed = Math.min(reportedFlushed, after.index());
    }

    private void apply(List<Frame> frames) {
        long takes =
                cluster.scheduler().between(1, cluster.plan().faults().disk().maxApplyNanos());
        appliedBy = Math.max(appliedBy, cluster.scheduler().now()) + takes;
        cluster.scheduler().at(appliedBy, onThisDisk(() -> {
            for (Frame frame : frames) {
                cluster.invariants().applied(node.name(), node.disk().id(), frame);
                node.disk().apply(frame.end());
            }
            step(new StandbyEvent.AppliedUpTo(frames.getLast().end()));
        }));
    }

    /** The disk is filled from the bucket; it stays the same one if nothing goes that its word may be needed for. */
    private void rebuild(RebuildFromBucket order) {
        cluster.trace().add(node.name(), order);
        cluster.figures().count(Seen.REBUILDS);
        core = null;
        stream = NO_STREAM;
        reportedFlushed = 0;
        long promised = node.disk().promisedTerm();
        SimDisk disk = node.disk();
        if (order.losesVote()) {
            disk.wipe(cluster.scheduler().newId());
        } else {
            cluster.invariants().keepsItsVote(node.name(), disk.all(), disk.flushedIndex());
            disk.wipe(disk.id());
        }
        disk.promise(promised);
        recover();
    }

    private void recover() {
        cluster.bucket(node.name())
                .walk(walk -> guarded(() -> recovered(walk)).run(), guarded(() -> later(TICK, this::recover)));
    }

    private void recovered(SimBucket.Walk walk) {
        node.disk().reset(walk.tip());
        cluster.invariants().recovered(node.identity(), walk.tip());
        core = new StandbyCore(node.identity(), node.disk().holdings());
        connect();
    }

    void read(LongConsumer shown) {
        reads.add(new Read(question + 1, shown));
        maybeAsk();
    }

    /** One question at a time, for all reads that came before it leaves (protocol safety, 23). */
    private void maybeAsk() {
        if (!asked && reads.stream().anyMatch(read -> read.index < 0)) {
            asked = true;
            question++;
            step(new StandbyEvent.ReadWaiting(question));
        }
    }

    private void answered(long answeredQuestion, long index) {
        for (Read read : reads) {
            boolean askedAfterIt =
                    read.fromQuestion <= answeredQuestion || cluster.sabotage().readsJoinQuestions();
            if (read.index < 0 && askedAfterIt) {
                read.index = index;
            }
        }
        if (answeredQuestion == question) {
            asked = false;
            maybeAsk();
        }
    }

    /** A replica that was built from the bucket may be ahead of what is committed, and shows nothing until that is. */
    private void serveReads() {
        long applied = node.disk().applied().index();
        List<Read> ready = reads.stream()
                .filter(read -> read.index >= 0 && read.index <= applied && applied <= toldCommitted)
                .toList();
        reads.removeAll(ready);
        ready.forEach(read -> read.shown.accept(applied));
    }
}
