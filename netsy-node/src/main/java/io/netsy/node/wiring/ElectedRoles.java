package io.netsy.node.wiring;

import io.netsy.elector.role.RoleCore;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.etcd.port.CommittedState;
import io.netsy.node.datadir.DataDirectoryException;
import io.netsy.node.primary.PrimaryTerm;
import io.netsy.node.primary.PrimaryTerm.History;
import io.netsy.node.primary.PrimaryTerm.Tip;
import io.netsy.node.primary.Sequencer.Ending;
import io.netsy.node.primary.TermListener;
import io.netsy.node.role.PeerCalls;
import io.netsy.node.role.RoleHost;
import io.netsy.node.role.Roles;
import io.netsy.node.role.TermOpening;
import io.netsy.node.role.TermOpening.Outcome;
import io.netsy.node.standby.FrameApplier;
import io.netsy.node.standby.Standby;
import io.netsy.replication.codec.Frame;
import io.netsy.replication.core.ElectorMessage.AskTail;
import io.netsy.replication.core.ElectorMessage.Fenced;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.ElectorMessage.Successor;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.core.StandbyEffect.RebuildFromBucket;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The roles of a node whose cluster has an elector, one after the other in one process: a standby that follows whom it is told to, or
 * nobody; a primary that opens the term that the register gave it, and then leads it ({@link Leading}).
 *
 * <p>The state goes from hand to hand with the role: standby, opening, sequencer, standby. Whoever has it has published all that is
 * committed so far, once and in order, and its successor goes on from there; what a primary sequenced beyond it is forgotten here, and
 * its clients were told that the outcome is unknown.
 */
final class ElectedRoles implements Roles, Standby.Owner, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ElectedRoles.class);

    private final RoleParts parts;
    private final Cluster cluster;
    private final PeerCalls peers;
    private final OwnTail ownTail;
    private final UUID process;
    private final RoleHost host;
    private final Departure departure;
    private final MemberDuties membership;
    private final Successors successors;
    private volatile boolean followed;
    private volatile long promised;
    private @Nullable String sought;
    private volatile Now now = new Now.Changing();

    /** What the node is at the moment; changed by the role's thread alone. */
    private sealed interface Now {
        /** Between two roles, for as long as the disk takes. */
        record Changing() implements Now {}

        record Following(Standby standby) implements Now {}

        record Opening(TermRegister register, TermOpening opening) implements Now {}

        record Primary(Leading leading) implements Now {
            PrimaryTerm term() {
                return leading.term();
            }
        }

        /** What was found is for a person to look at, or the node is no member any more. */
        record Stopped() implements Now {}
    }

    private ElectedRoles(RoleParts parts, Cluster cluster, PeerCalls peers) {
        this.parts = parts;
        this.cluster = cluster;
        this.peers = peers;
        this.ownTail = new OwnTail(cluster.file());
        this.process = parts.found().claimant().process();
        this.promised = cluster.promisedTerm();
        this.successors = new Successors(cluster.book()::candidates, peers);
        this.departure = new Departure(parts.node().clock(), cluster.writer());
        this.membership = new MemberDuties(
                cluster, parts.register(), parts.threads().io(), parts.node().clock());
        this.host = new RoleHost(
                new RoleHost.Setup(
                        parts.register(), parts.node().clock(), parts.threads().io()),
                new RoleCore(parts.node().config().name(), process, promised),
                this);
    }

    /** Begins as a standby that follows nobody; from there on electors decide. */
    static ElectedRoles begin(RoleParts parts, Cluster cluster, PeerCalls peers) throws Exception {
        ElectedRoles roles = new ElectedRoles(parts, cluster, peers);
        Tip tip = parts.found().recovery().tip();
        parts.services().onFollowing(tip.state());
        roles.followNobody(tip);
        roles.host.start();
        var _ = cluster.removed().thenRun(() -> roles.host.execute(roles::followNoMore));
        return roles;
    }

    /** What electors and other nodes ask. */
    RoleHost host() {
        return host;
    }

    // The role's thread.

    private void followNobody(Tip tip) throws InterruptedException {
        now = new Now.Changing();
        cluster.leadNoMore();
        cluster.leadership().isUnknown();
        parts.current().pause(() -> FrameApplier.stateOf(tip));
        cluster.writer().await();
        Standby standby;
        try {
            standby = cluster.follow(
                    tip,
                    null,
                    new Cluster.FollowingParts(
                            new ReplicaLog(parts.replica()), parts.services().commitListeners()),
                    cluster.ownLog(parts.found().archive(), parts.threads()),
                    this);
        } catch (IOException | DataDirectoryException e) {
            rebuild(new RebuildFromBucket("the write-ahead file can't be gone on with: " + e.getMessage(), true));
            return;
        }
        parts.current().begin(Role.of(standby));
        parts.replica().attach(standby::prune);
        now = new Now.Following(standby);
    }

    @Override
    public void follow(String primary) {
        sought = null;
        if (!(now instanceof Now.Following(Standby standby))) {
            return;
        }
        Standby.Target target;
        try {
            target = cluster.target(primary);
        } catch (IllegalArgumentException unknown) {
            LOG.info("the primary is {}, of which nothing is known here yet: it is looked for", primary);
            sought = primary;
            return;
        }
        LOG.info("the primary is {}", primary);
        standby.follow(target);
    }

    /** No member any more: what waited for this node to apply it, or to hear of the primary, waits in vain. */
    private void followNoMore() {
        cluster.leadership().isOver();
        if (now instanceof Now.Following(Standby standby)) {
            now = new Now.Stopped();
            standby.close();
        }
    }

    private void maybeFollow() {
        String primary = sought;
        if (primary != null && cluster.book().knows(primary)) {
            follow(primary);
        }
    }

    @Override
    public void fence(long ask, long term) {
        if (now instanceof Now.Following(Standby standby)) {
            standby.fence(ask, term);
        }
    }

    @Override
    public void lead(TermRegister register) throws InterruptedException {
        if (!(now instanceof Now.Following(Standby standby))) {
            throw new IllegalStateException("term %d can't be led by what is %s".formatted(register.term(), now));
        }
        sought = null;
        LOG.info("term {} is ours, on top of {}", register.term(), register.requiredTip());
        now = new Now.Changing();
        cluster.awaitLead();
        parts.current().pause();
        Tip tip = endStandby(standby);
        parts.current().pause(() -> FrameApplier.stateOf(tip));
        cluster.leadership().isUnknown();
        cluster.writer().await();
        if (promised > register.term()) {
            // The standby promised a later one while the register was being read.
            followNobody(tip);
            host.termEnded();
            return;
        }
        promise(register.term());
        open(register, tip);
    }

    private Tip endStandby(Standby standby) throws InterruptedException {
        try {
            return standby.end();
        } catch (IllegalStateException e) {
            rebuild(new RebuildFromBucket("the standby can't be ended: " + e.getMessage(), true));
            throw e;
        }
    }

    private void open(TermRegister register, Tip tip) {
        AtomicReference<CommittedState> shown = new AtomicReference<>(FrameApplier.stateOf(tip));
        parts.current().pause(shown::get);
        FrameApplier applier = new FrameApplier(
                new ReplicaLog(parts.replica()), parts.services().commitListeners(), tip, shown::set);
        TermOpening opening = new TermOpening(
                new TermOpening.Setup(
                        register,
                        parts.found().archive(),
                        cluster.file(),
                        parts.threads().io(),
                        peers,
                        cluster.book().others(register.voters())),
                applier,
                outcome -> host.execute(() -> opened(register, outcome)));
        now = new Now.Opening(register, opening);
        opening.start();
    }

    private void opened(TermRegister register, Outcome outcome) {
        if (!(now instanceof Now.Opening(TermRegister current, TermOpening _)) || current.term() != register.term()) {
            return;
        }
        switch (outcome) {
            case Outcome.Opened(History history) -> begin(register, history);
            case Outcome.Unusable(String reason, boolean losesVote) ->
                rebuild(new RebuildFromBucket(reason, losesVote));
        }
    }

    private void begin(TermRegister register, History history) {
        PrimaryTerm term = PrimaryTerm.open(parts.forTerm(new Told()), register, history);
        Leading leading = Leading.begin(parts, term);
        now = new Now.Primary(leading);
        var _ = term.serving().thenRun(() -> host.execute(() -> serving(leading)));
        var _ = term.ended().thenAccept(ending -> host.execute(() -> ended(term, ending)));
    }

    private void serving(Leading leading) {
        if (now instanceof Now.Primary primary && primary.leading() == leading) {
            leading.serve(parts.threads().io());
            membership.begin(leading.term());
        }
    }

    /** The term ended by itself: another holds a later one, it was given back, or what was found can't be. */
    private void ended(PrimaryTerm term, Ending ending) throws InterruptedException {
        if (!(now instanceof Now.Primary primary) || primary.term() != term) {
            return;
        }
        if (ending.drained()) {
            // Standbys look at the register when their streams end: it is to say by then who is next.
            Claimant successor = departure.successor();
            var _ = CompletableFuture.runAsync(
                            () -> term.release(successor), parts.threads().io())
                    .whenComplete((_, _) -> host.execute(() -> over(term, ending)));
        } else {
            over(term, ending);
        }
    }

    private void over(PrimaryTerm term, Ending ending) throws InterruptedException {
        if (!(now instanceof Now.Primary primary) || primary.term() != term) {
            return;
        }
        Tip tip = endPrimary(primary, ending.reason());
        if (ending.faulty()) {
            LOG.error("this node leads and follows no more, until it is started again: {}", ending.reason());
            parts.current().pause(() -> FrameApplier.stateOf(tip));
            now = new Now.Stopped();
            return;
        }
        LOG.info("term {} is over: {}", term.term(), ending.reason());
        departure.done();
        followNobody(tip);
        host.termEnded();
    }

    private Tip endPrimary(Now.Primary primary, String reason) throws InterruptedException {
        primary.leading().close();
        Tip tip = primary.term().abandon(reason);
        departure.over();
        return tip;
    }

    @Override
    public void endTerm(String reason) throws InterruptedException {
        switch (now) {
            case Now.Opening(TermRegister register, TermOpening opening) -> {
                LOG.info("term {} is over before it began: {}", register.term(), reason);
                followNobody(opening.cancel());
            }
            case Now.Primary primary -> {
                LOG.info("term {} is over: {}", primary.term().term(), reason);
                Tip tip = endPrimary(primary, reason);
                departure.done();
                followNobody(tip);
            }
            case Now.Changing _, Now.Following _, Now.Stopped _ -> {}
        }
    }

    @Override
    public void handOver(Successor to) {
        if (now instanceof Now.Primary primary
                && isServing(primary.term())
                && Successors.isClose(primary.term(), to.identity().nodeId())) {
            leave(primary, Departure.PATIENCE, to);
        }
    }

    private void leave(Now.Primary primary, Duration patience, @Nullable Successor to) {
        Claimant successor = to == null
                ? null
                : new Claimant(to.identity().nodeId(), to.identity().diskId(), to.process());
        if (departure.begin(patience, successor)) {
            if (departure.diskStalls()) {
                LOG.warn(
                        "the disk has taken nothing for {}: another node is to lead",
                        cluster.writer().stalledFor());
            }
            LOG.info(
                    "term {} is being given back{}",
                    primary.term().term(),
                    successor == null ? "" : ", to be led on by " + successor.nodeId());
            cluster.leadership().isUnknown();
            primary.term().leave();
            parts.threads().io().execute(primary.term()::readAhead);
        }
    }

    /** Goes without being asked to, if it serves: to who follows closely; else if somebody would be elected. */
    private void leaveByItself(PrimaryTerm term, Duration patience, boolean wouldBeElected) {
        var _ = successors
                .find(term)
                .whenComplete((found, failure) -> host.execute(() -> {
                    Successor to = found == null ? null : found.orElse(null);
                    boolean mayGo = to != null || wouldBeElected;
                    if (mayGo && now instanceof Now.Primary primary && primary.term() == term && isServing(term)) {
                        leave(primary, patience, to);
                    } else {
                        departure.done();
                    }
                }));
    }

    @Override
    public void look() throws InterruptedException {
        membership.look();
        maybeFollow();
        if (!(now instanceof Now.Primary primary) || !isServing(primary.term())) {
            return;
        }
        if (departure.isTooLong()) {
            departure.over();
            if (departure.diskStalls()) {
                endTerm("the disk takes nothing, and not everything could be given back");
                host.termEnded();
            } else {
                LOG.warn(
                        "term {} could not be given back in time and goes on",
                        primary.term().term());
                primary.term().stay();
                cluster.leadership().isHere();
            }
        } else if (cluster.book().isRemoved()) {
            leaveByItself(primary.term(), Departure.PATIENCE, true);
        } else if (departure.diskStalls() && Departure.othersCouldLead(primary.term())) {
            leaveByItself(primary.term(), Departure.STALL_PATIENCE, host.hearsElector(Departure.ELECTOR_SILENCE));
        }
    }

    // Any thread.

    private static boolean isServing(PrimaryTerm term) {
        return term.serving().isDone()
                && !term.serving().isCompletedExceptionally()
                && !term.ended().isDone();
    }

    @Override
    public boolean isFollowing() {
        return now instanceof Now.Following(Standby standby) && standby.sight().following();
    }

    @Override
    public Health health() {
        return switch (now) {
            case Now.Following(Standby standby)
            when standby.sight().following() && !host.isLeaving() -> {
                Standby.Sight sight = standby.sight();
                long silentNanos = parts.node().clock().now().bootNanos() - sight.heardNanos();
                yield health(Occupation.FOLLOWING, sight.term(), Duration.ofNanos(Math.max(silentNanos, 0)));
            }
            case Now.Opening(TermRegister register, TermOpening opening) ->
                health(opening.isUnable() ? Occupation.UNABLE : Occupation.OPENING, register.term(), Duration.ZERO);
            case Now.Primary primary when primary.term().ended().isDone() -> health(Occupation.IDLE, 0, Duration.ZERO);
            case Now.Primary primary ->
                health(
                        isServing(primary.term()) ? Occupation.SERVING : Occupation.OPENING,
                        primary.term().term(),
                        Duration.ZERO);
            case Now.Following _, Now.Changing _, Now.Stopped _ -> health(Occupation.IDLE, 0, Duration.ZERO);
        };
    }

    private Health health(Occupation occupation, long term, Duration silence) {
        return new Health(cluster.self(), process, promised, occupation, term, silence);
    }

    @Override
    public CompletableFuture<Tail> tail(AskTail question) {
        return read(() -> {
            if (!(now instanceof Now.Following) || promised != question.term()) {
                throw new IllegalStateException("not fenced in term " + question.term());
            }
            return new Tail(cluster.self(), question.term(), question.tip(), ownTail.endAfter(question.tip()));
        });
    }

    @Override
    public CompletableFuture<List<Frame>> framesAfter(LogPosition position) {
        return read(() -> ownTail.framesAfter(position));
    }

    private <T> CompletableFuture<T> read(Callable<T> question) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return question.call();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    } catch (RuntimeException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                parts.threads().io());
    }

    // What a standby tells.

    @Override
    public void promise(long term) {
        cluster.promise(term);
        promised = Math.max(promised, term);
        host.promised(term);
    }

    @Override
    public void fenced(long ask, long term, LogPosition flushed) {
        host.fenced(ask, new Fenced(cluster.self(), process, term, flushed));
    }

    @Override
    public void following(@Nullable String primary) {
        if (primary != null) {
            followed = true;
            cluster.leadership().isAt(primary);
            return;
        }
        cluster.leadership().isUnknown();
        if (followed) {
            followed = false;
            host.streamLost();
        }
    }

    @Override
    public void rebuild(RebuildFromBucket order) {
        cluster.rebuild().complete(order);
    }

    /** Is told of a term's moments, by the sequencer's thread. */
    private final class Told implements TermListener {
        @Override
        public void onServing(CommittedState state) {
            parts.services().countLeases(state.state());
        }

        @Override
        public void onEnded(Ending ending) {
            parts.current().pause();
            cluster.leadership().isUnknown();
            parts.services().countLeasesNoMore();
        }
    }

    /** Gives a term back that is led, before the node goes; returns when that is done, or not possible in time. */
    void leave() {
        host.promiseNoMore();
        CompletableFuture<Void> gone = departure.awaited();
        host.execute(() -> {
            if (now instanceof Now.Primary primary && isServing(primary.term())) {
                leaveByItself(primary.term(), Departure.PATIENCE, true);
            } else {
                departure.done();
            }
        });
        Departure.await(gone);
    }

    /** Ends the role under way; a term that was not given back stays this process's until an elector decides again. */
    @Override
    public void close() {
        host.close();
        try {
            switch (now) {
                case Now.Following(Standby standby) -> standby.close();
                case Now.Opening(TermRegister _, TermOpening opening) -> {
                    Tip _ = opening.cancel();
                }
                case Now.Primary primary -> {
                    Tip _ = endPrimary(primary, "the node stops");
                }
                case Now.Changing _, Now.Stopped _ -> {}
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
