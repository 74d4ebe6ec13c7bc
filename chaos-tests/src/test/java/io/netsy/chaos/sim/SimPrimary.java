package io.netsy.chaos.sim;

import io.netsy.chaos.sim.SimFigures.Seen;
import io.netsy.elector.term.TermRegister;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.ElectorMessage.Successor;
import io.netsy.replication.core.Membership;
import io.netsy.replication.core.Opening;
import io.netsy.replication.core.PeerMessage.AskIndex;
import io.netsy.replication.core.PeerMessage.Bye;
import io.netsy.replication.core.PeerMessage.Confirmed;
import io.netsy.replication.core.PeerMessage.FromStandby;
import io.netsy.replication.core.PeerMessage.Hello;
import io.netsy.replication.core.PeerMessage.Index;
import io.netsy.replication.core.PeerMessage.Report;
import io.netsy.replication.core.PrimaryCore;
import io.netsy.replication.core.PrimaryEffect;
import io.netsy.replication.core.PrimaryEvent;
import io.netsy.replication.core.PrimarySettings;
import io.netsy.replication.core.Replication;
import io.netsy.replication.core.SyncRule;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Hosts a primary's core from the election to the end of the term: does what it wants, and is its sequencer. */
final class SimPrimary {
    private static final Duration RETRY_MIN = Duration.ofMillis(50);
    private static final Duration RETRY_MAX = Duration.ofSeconds(1);
    private static final long TICK = SimScheduler.SECOND;
    private static final long SILENCE = 3 * SimScheduler.SECOND;
    private static final long LEAVING = 5 * SimScheduler.SECOND;

    private final SimNode node;
    private final SimCluster cluster;
    private final TermRegister register;
    private final SimOpening opening;
    private final SimReads reads;
    private final SimSequencer sequencer;
    private final SimLinks links;
    private final Deque<PrimaryEvent> inbox = new ArrayDeque<>();
    private final NavigableMap<Long, Frame> uncommitted = new TreeMap<>();
    private final TreeSet<Long> wakes = new TreeSet<>();
    private final NavigableMap<Long, Long> heardAt = new TreeMap<>();
    private final Set<Long> ended = new HashSet<>();
    private @Nullable PrimaryCore core;
    private boolean alive = true;
    private boolean stepping;
    private boolean serving;
    private boolean flushing;
    private boolean leaving;
    private boolean givingBack;
    private long leavingUntil;
    private @Nullable Successor successor;
    private long committed;
    private long acknowledged;
    private long forgotten;
    private SyncRule wanted = SyncRule.LOCAL;
    private Membership members = Membership.voting(Set.of());
    private @Nullable Replication replication;

    SimPrimary(SimNode node, SimCluster cluster, TermRegister register) {
        this.node = node;
        this.cluster = cluster;
        this.register = register;
        this.opening = new SimOpening(this, cluster, register);
        this.reads = new SimReads(this, cluster);
        this.sequencer = new SimSequencer(cluster);
        this.links = new SimLinks(this, cluster);
    }

    void start() {
        opening.begin();
    }

    void end() {
        alive = false;
        serving = false;
        sequencer.end();
    }

    SimNode node() {
        return node;
    }

    UUID process() {
        return register.process();
    }

    long term() {
        return register.term();
    }

    /** What it tells electors. */
    Occupation occupation() {
        return !alive
                ? Occupation.IDLE
                : serving ? Occupation.SERVING : opening.isUnable() ? Occupation.UNABLE : Occupation.OPENING;
    }

    SimReads reads() {
        return reads;
    }

    SimSequencer sequencer() {
        return sequencer;
    }

    boolean isServing() {
        return serving;
    }

    long committedIndex() {
        return committed;
    }

    /** Whether the rule that it was configured for is in force. */
    boolean isAsWanted() {
        return core != null
                && replication != null
                && core.rule().equals(replication.wanted(members))
                && core.votersFollowed();
    }

    void later(long delayNanos, Runnable action) {
        cluster.scheduler().after(delayNanos, guarded(action));
    }

    Runnable guarded(Runnable action) {
        return () -> node.whenAwake(() -> {
            if (alive) {
                action.run();
            }
        });
    }

    Moment now() {
        return node.clock().moment();
    }

    /** What the register requires is there. */
    void opened(Opening at, List<Frame> history) {
        cluster.figures().count(Seen.TERMS);
        cluster.trace()
                .add(
                        node.name(),
                        "opens term %d at %s with %d frames"
                                .formatted(term(), at.tip(), at.tail().size()));
        if (!at.tail().isEmpty()) {
            cluster.figures().count(Seen.OPENED_WITH_TAIL);
        }
        node.disk().prepare(at.tip(), at.tail());
        cluster.invariants().recovered(node.identity(), at.tip());
        SimPlan plan = cluster.plan();
        wanted = cluster.wanted();
        members = cluster.members().along(history);
        Replication configured = new Replication(
                node.name(),
                Set.copyOf(plan.members()),
                wanted,
                Set.of(),
                plan.loss(),
                plan.bucketLoss(),
                plan.limits());
        replication = configured;
        core = new PrimaryCore(
                term(),
                process(),
                new PrimarySettings(Registers.rule(register), register.lease(), RETRY_MIN, RETRY_MAX, configured),
                at);
        step(new PrimaryEvent.MembersChanged(members, now()));
        step(new PrimaryEvent.Started(now()));
        tick();
    }

    private void tick() {
        heardAt.forEach((stream, at) -> {
            if (cluster.scheduler().now() - at > SILENCE && ended.add(stream)) {
                cluster.network().close(stream, node.name());
                later(1, () -> step(new PrimaryEvent.StandbyGone(stream, now())));
            }
        });
        heardAt.keySet().removeAll(ended);
        maybeGo();
        later(TICK, this::tick);
    }

    void step(PrimaryEvent event) {
        inbox.add(event);
        if (stepping) {
            return;
        }
        stepping = true;
        while (alive && core != null && !inbox.isEmpty()) {
            PrimaryEvent next = cluster.sabotage().toPrimary(inbox.remove());
            cluster.trace().add(node.name(), next);
            for (PrimaryEffect effect : cluster.sabotage().fromPrimary(next, core.step(next))) {
                if (alive) {
                    perform(effect);
                }
            }
            if (alive && serving && inbox.isEmpty() && core.isIdle()) {
                sequencer.maybeCut(now()).ifPresent(frame -> inbox.add(new PrimaryEvent.FrameSequenced(frame, now())));
            }
        }
        inbox.clear();
        stepping = false;
        maybeForget();
        maybeGiveBack();
    }

    /** It is to go: no more writes, and the term is handed over, or given back, once all there are stand in the bucket. */
    void handOver(@Nullable Successor to) {
        if (serving && !leaving) {
            leaving = true;
            successor = to;
            leavingUntil = cluster.scheduler().now() + LEAVING;
            later(LEAVING, this::stay);
            if (cluster.sabotage().handsOverEarly()) {
                maybeGiveBack();
            }
            step(new PrimaryEvent.Leaving(now()));
        }
    }

    private void stay() {
        if (leaving && cluster.scheduler().now() >= leavingUntil) {
            leaving = false;
            step(new PrimaryEvent.Staying());
            maybeGo();
        }
    }

    /** Whether standbys may come: before, there is nobody to hear them. */
    boolean takesStreams() {
        return alive && core != null;
    }

    boolean takesWrites() {
        return serving && !leaving;
    }

    private void maybeGiveBack() {
        boolean mayGo =
                core != null && (cluster.sabotage().handsOverEarly() || (sequencer.isEmpty() && core.isDrained()));
        if (alive && leaving && !givingBack && mayGo && core != null) {
            givingBack = true;
            node.giveBack(this, core.stored(), successor);
        }
    }

    private void maybeForget() {
        if (alive && core != null && core.stored().index() > forgotten) {
            forgotten = core.stored().index();
            if (cluster.scheduler().chance(0.1)) {
                node.disk().forget(forgotten);
            }
        }
    }

    private void perform(PrimaryEffect effect) {
        switch (effect) {
            case PrimaryEffect.PutChunk put -> links.put(put.chunk());
            case PrimaryEffect.ReadChunk chunk -> links.read(chunk.firstIndex());
            case PrimaryEffect.Adopt adopt -> {
                cluster.figures().count(Seen.ADOPTIONS);
                cluster.invariants().committed(adopt.frames(), node.name());
                adopt.frames().forEach(this::follow);
                commit(adopt.frames().getLast().end());
            }
            case PrimaryEffect.Serve serve -> serve(serve.termStart());
            case PrimaryEffect.Commit commit -> commit(commit.position());
            case PrimaryEffect.Acknowledge acknowledge -> acknowledge(acknowledge.position());
            case PrimaryEffect.AppendFrame append -> append(append.frame());
            case PrimaryEffect.ToStandby said -> cluster.network().toStandby(said.stream(), said.message());
            case PrimaryEffect.LocatePosition locate -> links.locate(locate.stream(), locate.candidates());
            case PrimaryEffect.ReadFrames frames -> links.readFrames(frames.stream(), frames.fromIndex());
            case PrimaryEffect.CloseStream close -> closeStream(close.stream());
            case PrimaryEffect.RecordRule change -> links.record(change.rule(), change.voters());
            case PrimaryEffect.MayForget ignored -> {}
            case PrimaryEffect.AskStandbys ask -> reads.questionLeaves(ask.question());
            case PrimaryEffect.ReadRegister read -> {
                reads.questionLeaves(read.question());
                links.look();
            }
            case PrimaryEffect.LeaseChanged changed -> reads.leaseChanged(changed.lease());
            case PrimaryEffect.ConfirmReads confirm -> reads.confirmed(confirm.question());
            case PrimaryEffect.WakeAt wake -> wakeAt(wake.bootNanos());
            case PrimaryEffect.StepDown down -> node.termEnded(this, down.reason());
            case PrimaryEffect.Halt halt ->
                throw new InvariantBroken("%s halts: %s".formatted(node.name(), halt.reason()));
        }
    }

    private void serve(Frame termStart) {
        cluster.invariants().serves(node.name(), term(), termStart);
        serving = true;
        commit(termStart.end());
        acknowledged = termStart.lastIndex();
        cluster.members().committed(termStart.lastIndex(), members);
        sequencer.serve(term(), termStart, members);
        maybeGo();
    }

    /** A committed frame may change who is a member. */
    private void follow(Frame frame) {
        Membership after = cluster.members().after(members, frame);
        cluster.members().committed(frame.lastIndex(), after);
        if (!after.equals(members)) {
            members = after;
            cluster.trace().add(node.name(), "members are " + members);
            step(new PrimaryEvent.MembersChanged(members, now()));
            maybeGo();
        }
    }

    /** One that is no member any more lets another one lead. */
    private void maybeGo() {
        if (serving && !members.voting().contains(node.name())) {
            handOver(null);
        }
    }

    /** What is committed is applied at once here: a primary's replica holds all of it in memory. */
    private void commit(LogPosition position) {
        committed = position.index();
        var now = uncommitted.headMap(committed, true);
        cluster.invariants().committed(now.values().stream().toList(), node.name());
        List.copyOf(now.values()).forEach(this::follow);
        now.clear();
        node.disk().apply(position);
    }

    private void acknowledge(LogPosition position) {
        cluster.invariants()
                .acknowledged(
                        new Invariants.Acknowledger(
                                node.name(), term(), process(), node.disk().id()),
                        acknowledged,
                        position);
        if (core != null) {
            cluster.figures().countAt(core.rule().level());
        }
        acknowledged = position.index();
        sequencer.acknowledged(position.index());
    }

    private void append(Frame frame) {
        if (frame.lastIndex() > committed) {
            uncommitted.put(frame.lastIndex(), frame);
        }
        node.disk().append(frame);
        maybeFlush();
    }

    private void maybeFlush() {
        SimDisk disk = node.disk();
        if (flushing || disk.flushedIndex() >= disk.end().index()) {
            return;
        }
        flushing = true;
        LogPosition end = disk.end();
        int cuts = disk.cuts();
        long takes =
                cluster.scheduler().between(1, cluster.plan().faults().disk().maxFlushNanos());
        later(takes, () -> {
            flushing = false;
            node.flushEnded(end, cuts);
            step(new PrimaryEvent.OwnFlushed(end, now()));
            maybeFlush();
        });
    }

    /** Equal times are one tick. */
    private void wakeAt(long nanos) {
        if (wakes.add(nanos)) {
            cluster.scheduler().after(node.clock().delayUntil(nanos), guarded(() -> {
                wakes.remove(nanos);
                step(new PrimaryEvent.Tick(now()));
            }));
        }
    }

    void closeStream(long stream) {
        cluster.network().close(stream, node.name());
        if (ended.add(stream)) {
            heardAt.remove(stream);
            later(1, () -> step(new PrimaryEvent.StandbyGone(stream, now())));
        }
    }

    void closed(long stream) {
        if (ended.add(stream)) {
            heardAt.remove(stream);
            step(new PrimaryEvent.StandbyGone(stream, now()));
        }
    }

    void heard(long stream, FromStandby message) {
        if (core == null) {
            return;
        }
        if (!ended.contains(stream)) {
            heardAt.put(stream, cluster.scheduler().now());
        }
        switch (message) {
            case Hello hello -> {
                if (!ended.contains(stream)) {
                    step(new PrimaryEvent.StandbyCame(stream, hello, now()));
                }
            }
            case Report report -> step(new PrimaryEvent.StandbyReported(stream, report, now()));
            case AskIndex ask ->
                reads.read(index -> cluster.network().toStandby(stream, new Index(ask.question(), index)));
            case Confirmed confirmed -> step(new PrimaryEvent.StandbyConfirmed(stream, confirmed.round(), now()));
            case Bye _ -> {}
        }
    }
}
