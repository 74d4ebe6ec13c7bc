package io.netsy.chaos.sim;

import io.netsy.chaos.sim.SimFigures.Seen;
import io.netsy.elector.role.RoleCore;
import io.netsy.elector.role.RoleEffect;
import io.netsy.elector.role.RoleEvent;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.ElectorMessage.AskTail;
import io.netsy.replication.core.ElectorMessage.Fence;
import io.netsy.replication.core.ElectorMessage.Fenced;
import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.core.ElectorMessage.FromNode;
import io.netsy.replication.core.ElectorMessage.HandOver;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.ElectorMessage.Ping;
import io.netsy.replication.core.ElectorMessage.Successor;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.core.PeerMessage.FromPrimary;
import io.netsy.replication.core.PeerMessage.FromStandby;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.LogPosition;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One node: a disk that stays, and a process that comes and goes with one role at a time. */
final class SimNode implements SimNetwork.Endpoint {
    private static final long TICK = 300 * SimScheduler.MILLI;

    private final String name;
    private final SimDisk disk;
    private final SimCluster cluster;
    private final SimClock clock;
    private final SimFreeze freeze;
    private final Map<Long, SimElector> askers = new HashMap<>();
    private boolean up;
    private UUID process = Registers.NOBODY;
    private long start;
    private long asks;
    private String followed = "";
    private Optional<String> stopped = Optional.empty();
    private @Nullable RoleCore role;
    private @Nullable SimPrimary primary;
    private @Nullable SimStandby standby;

    SimNode(String name, SimDisk disk, SimCluster cluster) {
        this.name = name;
        this.disk = disk;
        this.cluster = cluster;
        this.clock = cluster.newClock();
        this.freeze = new SimFreeze(cluster.scheduler(), clock);
    }

    String name() {
        return name;
    }

    SimDisk disk() {
        return disk;
    }

    SimClock clock() {
        return clock;
    }

    Identity identity() {
        return new Identity(SimCluster.CLUSTER_ID, name, disk.id());
    }

    /** The process stands still for a while; what comes meanwhile it takes afterwards, in order. */
    void freeze(long nanos) {
        cluster.trace().add(name, "freezes for %d ms".formatted(nanos / SimScheduler.MILLI));
        freeze.begin(nanos);
    }

    /** The machine stands still, and its wall clock with it. */
    void freezeMachine(long nanos) {
        cluster.trace().add(name, "is suspended for %d ms".formatted(nanos / SimScheduler.MILLI));
        freeze.suspend(nanos);
    }

    boolean isFrozen() {
        return freeze.isOn();
    }

    void whenAwake(Runnable action) {
        freeze.whenAwake(action);
    }

    /** An action of this start of the process. */
    private Runnable guarded(Runnable action) {
        long of = start;
        return () -> whenAwake(() -> {
            if (up && of == start) {
                action.run();
            }
        });
    }

    boolean isUp() {
        return up;
    }

    @Nullable
    SimPrimary primary() {
        return primary;
    }

    @Nullable
    SimStandby standby() {
        return standby;
    }

    /** What its standby reported as flushed. */
    long reportedFlushed() {
        return standby == null ? 0 : standby.reportedFlushed();
    }

    void start() {
        up = true;
        start++;
        process = cluster.scheduler().newId();
        role = new RoleCore(name, process, disk.promisedTerm());
        followed = "";
        askers.clear();
        disk.flushAll();
        noteDurable(0);
        follow();
        tick();
    }

    private void tick() {
        step(new RoleEvent.Tick(standby != null && standby.isFollowing(), clock.moment()));
        cluster.scheduler().after(TICK, guarded(this::tick));
    }

    private void step(RoleEvent event) {
        RoleCore current = role;
        if (current == null) {
            return;
        }
        for (RoleEffect effect : current.step(event)) {
            if (!(effect instanceof RoleEffect.ReadRegister)) {
                cluster.trace().add(name, effect);
            }
            perform(effect);
        }
    }

    private void perform(RoleEffect effect) {
        switch (effect) {
            case RoleEffect.ReadRegister _ ->
                cluster.bucket(name)
                        .readRegister(
                                found -> guarded(() -> step(new RoleEvent.RegisterRead(
                                                found.map(register ->
                                                        cluster.sabotage().register(this, register)),
                                                clock.moment())))
                                        .run(),
                                guarded(() -> step(new RoleEvent.RegisterUnreadable(clock.moment()))));
            case RoleEffect.Lead lead -> lead(lead.register());
            case RoleEffect.Follow follow -> {
                followed = follow.primary();
                if (standby != null) {
                    standby.follow(followed);
                }
            }
            case RoleEffect.EndTerm end -> {
                cluster.trace().add(name, "term ended: " + end.reason());
                followed = "";
                follow();
            }
            case RoleEffect.HandOver order -> {
                if (primary != null) {
                    primary.handOver(order.to());
                }
            }
            case RoleEffect.PassFence fence -> {
                if (standby != null) {
                    standby.fence(fence.ask(), fence.term());
                }
            }
        }
    }

    private void lead(TermRegister register) {
        endRole();
        disk.flushAll();
        noteDurable(0);
        disk.promise(register.term());
        SimPrimary next = new SimPrimary(this, cluster, register);
        primary = next;
        next.start();
    }

    private void follow() {
        endRole();
        disk.flushAll();
        noteDurable(0);
        SimStandby next = new SimStandby(this, cluster, followed);
        standby = next;
        next.start();
    }

    private void endRole() {
        if (primary != null) {
            primary.end();
            primary = null;
        }
        if (standby != null) {
            standby.end();
            standby = null;
        }
        cluster.network().gone(name);
    }

    /** A primary's term is over; the process goes on as a standby. */
    void termEnded(SimPrimary ended, String reason) {
        cluster.trace().add(name, "term ended: " + reason);
        if (primary == ended) {
            followed = "";
            follow();
            step(new RoleEvent.TermEnded());
        }
    }

    /**
     * Everything stands in the bucket: the term is over, and the register says so, so that nobody need wait.
     *
     * @param to whose the next is; null leaves that to an election
     */
    void giveBack(SimPrimary ended, LogPosition stored, @Nullable Successor to) {
        cluster.figures().count(Seen.HAND_OVERS);
        Runnable end = guarded(() -> termEnded(ended, "it is handed over to %s at %s".formatted(to, stored)));
        Runnable over = end;
        if (cluster.sabotage().servesOnAfterHandingOver()) {
            over = () -> {
                cluster.network().gone(name);
                cluster.scheduler().after(2 * SimScheduler.SECOND, end);
            };
        } else {
            ended.end();
        }
        handOver(ended, stored, to, over);
    }

    private void handOver(SimPrimary ended, LogPosition stored, @Nullable Successor to, Runnable over) {
        cluster.bucket(name)
                .readRegister(
                        found -> guarded(() -> found.filter(
                                                register -> Registers.isHeldBy(register, ended.term(), ended.process()))
                                        .ifPresentOrElse(
                                                register -> cluster.bucket(name)
                                                        .swap(
                                                                register,
                                                                given(register, stored, to),
                                                                _ -> over.run(),
                                                                over),
                                                over))
                                .run(),
                        over);
    }

    private TermRegister given(TermRegister register, LogPosition stored, @Nullable Successor to) {
        UUID nonce = cluster.scheduler().newId();
        if (to == null) {
            return register.released(stored, nonce);
        }
        Claimant next = new Claimant(to.identity().nodeId(), to.identity().diskId(), to.process());
        return register.voters().contains(next.asVoter())
                ? register.handedOver(next, stored, nonce)
                : register.released(stored, nonce);
    }

    /** The stream to the primary has ended. */
    void streamLost() {
        step(new RoleEvent.StreamLost());
    }

    /** The process dies, and the machine with it. */
    void crash() {
        cluster.trace().add(name, "crashes");
        cluster.figures().count(Seen.CRASHES);
        up = false;
        role = null;
        freeze.end();
        endRole();
        disk.crash(cluster.scheduler().random());
        if (!cluster.sabotage().remembersPromises()) {
            disk.forgetPromise();
        }
    }

    /** The process ends itself: what it found is for a person to look at. */
    void stop(String reason) {
        cluster.trace().add(name, "stops: " + reason);
        up = false;
        role = null;
        endRole();
        stopped = Optional.of(reason);
    }

    /** The random id of this start of its process. */
    UUID process() {
        return process;
    }

    /** Why the process ended itself, if it did. */
    Optional<String> stopped() {
        return stopped;
    }

    /** The process dies, and its disk is lost. */
    void loseDisk() {
        crash();
        cluster.figures().count(Seen.WIPES);
        disk.wipe(cluster.scheduler().newId());
    }

    /** A flush that began at an end of the file is done. */
    void flushEnded(LogPosition upTo, int cutsThen) {
        long before = disk.flushedIndex();
        disk.flushed(upTo, cutsThen);
        noteDurable(before);
    }

    private void noteDurable(long beyond) {
        List<Frame> durable = disk.after(disk.base()).orElseThrow().stream()
                .filter(frame -> frame.lastIndex() > beyond && frame.lastIndex() <= disk.flushedIndex())
                .toList();
        cluster.invariants().durable(disk.id(), disk.base(), durable);
    }

    /** An elector says something, outside of any stream. */
    void heard(SimElector from, FromElector message) {
        if (up) {
            guarded(() -> answer(from, message)).run();
        }
    }

    private void answer(SimElector from, FromElector message) {
        switch (message) {
            case Ping ping -> {
                say(from, health());
                step(new RoleEvent.Hinted(ping));
            }
            case Fence fence -> {
                askers.put(++asks, from);
                if (cluster.sabotage().keepsPromises()) {
                    step(new RoleEvent.FenceAsked(asks, fence.term()));
                } else {
                    answerFence(asks, fence.term(), disk.end());
                }
            }
            case AskTail ask -> {
                boolean isFenced = standby != null && !standby.isRebuilding() && disk.promisedTerm() == ask.term();
                if (isFenced || !cluster.sabotage().keepsPromises()) {
                    Optional<LogPosition> end = cluster.sabotage().tail(disk, ask.tip());
                    say(from, new Tail(identity(), ask.term(), ask.tip(), end));
                }
            }
            case HandOver order -> step(new RoleEvent.HandOverAsked(order));
        }
    }

    private void say(SimElector to, FromNode message) {
        cluster.network().send(name, to.name(), () -> to.heard(message));
    }

    private Health health() {
        Occupation occupation = Occupation.IDLE;
        long term = 0;
        Duration silence = Duration.ZERO;
        if (primary != null) {
            occupation = primary.occupation();
            term = occupation == Occupation.IDLE ? 0 : primary.term();
        } else if (standby != null && standby.isFollowing()) {
            occupation = Occupation.FOLLOWING;
            term = standby.term();
            silence = Duration.ofNanos(standby.silentNanos());
        }
        return new Health(identity(), process, disk.promisedTerm(), occupation, term, silence);
    }

    /** The promise is durable, and nothing older is confirmed any more. */
    void answerFence(long ask, long term, LogPosition flushed) {
        SimElector asker = askers.remove(ask);
        if (asker != null) {
            cluster.figures().count(Seen.FENCED);
            say(asker, new Fenced(identity(), process, term, flushed));
        }
    }

    /** A term is promised to the primary that is followed, or to an elector. */
    void promise(long term) {
        disk.promise(term);
        step(new RoleEvent.Promised(term));
    }

    /** What this node holds behind a position, for a primary that lacks it. */
    List<Frame> framesAfter(LogPosition position) {
        return up && !isFrozen() ? disk.after(position).orElse(List.of()) : List.of();
    }

    /** A linearizable read; answers with the index of the state that it shows. */
    void read(LongConsumer shown) {
        if (isFrozen()) {
            return;
        }
        if (primary != null) {
            primary.reads().read(shown);
        } else if (standby != null) {
            standby.read(shown);
        }
    }

    @Override
    public void heard(long stream, FromStandby message) {
        whenAwake(() -> {
            if (primary != null && primary.takesStreams()) {
                primary.heard(stream, message);
            } else {
                cluster.network().close(stream, name);
            }
        });
    }

    @Override
    public void heard(long stream, FromPrimary message) {
        whenAwake(() -> {
            if (standby != null) {
                standby.heard(stream, message);
            }
        });
    }

    @Override
    public void closed(long stream) {
        whenAwake(() -> {
            if (primary != null) {
                primary.closed(stream);
            }
            if (standby != null) {
                standby.closed(stream);
            }
        });
    }
}
