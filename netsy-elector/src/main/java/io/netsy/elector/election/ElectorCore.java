package io.netsy.elector.election;

import io.netsy.elector.election.ElectorEffect.CreateRegister;
import io.netsy.elector.election.ElectorEffect.ForceDone;
import io.netsy.elector.election.ElectorEffect.ForceRefused;
import io.netsy.elector.election.ElectorEffect.Note;
import io.netsy.elector.election.ElectorEffect.ReadRegister;
import io.netsy.elector.election.ElectorEffect.Send;
import io.netsy.elector.election.ElectorEffect.SwapRegister;
import io.netsy.elector.election.ElectorEffect.WakeAt;
import io.netsy.elector.election.ElectorEvent.Appointed;
import io.netsy.elector.election.ElectorEvent.Dismissed;
import io.netsy.elector.election.ElectorEvent.Force;
import io.netsy.elector.election.ElectorEvent.Heard;
import io.netsy.elector.election.ElectorEvent.MembersKnown;
import io.netsy.elector.election.ElectorEvent.RegisterRead;
import io.netsy.elector.election.ElectorEvent.RegisterSwapped;
import io.netsy.elector.election.ElectorEvent.RegisterUnreadable;
import io.netsy.elector.election.ElectorEvent.SwitchTo;
import io.netsy.elector.election.ElectorEvent.Tick;
import io.netsy.elector.election.ElectorEvent.TipFound;
import io.netsy.elector.election.ElectorEvent.TipUnreadable;
import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.RegisterStorage.SwapResult;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.replication.core.ElectorMessage.Fenced;
import io.netsy.replication.core.ElectorMessage.FromElector;
import io.netsy.replication.core.ElectorMessage.FromNode;
import io.netsy.replication.core.ElectorMessage.HandOver;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.ElectorMessage.Ping;
import io.netsy.replication.core.ElectorMessage.Successor;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An elector: watches primary and standbys, and while it is appointed names another primary when that is needed. A pure step
 * function; one thread steps it.
 *
 * <ol>
 *   <li><b>Observing.</b> All nodes are asked for a sign of life. With a reason to change, and enough nodes there to fence, the
 *       register is read afresh, which shows that the bucket answers too (protocol safety, 25).
 *   <li><b>Claiming.</b> It is swapped to "electing" in a term above its own and all that were promised; level, rule, voters and
 *       lease are copied from what the swap replaces (protocol safety, 3 and 4).
 *   <li><b>Fencing.</b> Nodes promise the term until {@link FenceRule} is met.
 *   <li><b>Waiting.</b> The lease of the register and a margin, from the later of the swap's and the fence's answer.
 *   <li><b>Tip.</b> The bucket's chain is walked, and the fenced say what they hold behind its very end.
 *   <li><b>Assigning.</b> The claim is swapped for the name of one of them, its process, and the tip that it must reach.
 * </ol>
 *
 * Safety rests on the swaps and the promises alone: any number of these may run, on whatever they believe, and stop anywhere.
 */
public final class ElectorCore {
    private static final Duration SETTLED = Duration.ofSeconds(10);

    /** Writes stand still while a term is handed over, so it is looked so many times as often. */
    private static final int HAND_OVER_SHARE = 4;

    private enum Phase {
        DISMISSED,
        OBSERVING,
        CLAIMING,
        ELECTING,
        ASSIGNING
    }

    /** What was asked of the register and not answered; one thing at a time. */
    private enum Request {
        NONE,
        READ,
        SWAP
    }

    private ElectorSettings settings;
    private final Supplier<UUID> ids;
    private final Lookout lookout;

    private Phase phase = Phase.DISMISSED;
    private Request request = Request.NONE;
    private boolean requestIsOfThePast;
    private boolean readingBack;
    private @Nullable Stored register;
    private boolean logWithoutRegister;
    private long registerSinceNanos;
    private long nextReadNanos;
    private long nextBeatNanos;
    private String lastNote = "";

    private @Nullable TermRegister proposed;
    private @Nullable Campaign campaign;
    private boolean replacesGivenBack;
    private @Nullable String wanted;
    private long wantedUntilNanos;
    private @Nullable Waiver waiver;

    /** @param ids random ids */
    public ElectorCore(ElectorSettings settings, Supplier<UUID> ids) {
        this.settings = settings;
        this.ids = ids;
        this.lookout = new Lookout(settings);
    }

    /** Takes one event and says what is to be done about it. */
    public List<ElectorEffect> step(ElectorEvent event) {
        List<ElectorEffect> effects = new ArrayList<>(4);
        switch (event) {
            case Appointed appointed -> handleAppointed(appointed.now(), effects);
            case Dismissed _ -> handleDismissed();
            case RegisterRead read -> handleRead(read, effects);
            case RegisterUnreadable unreadable -> handleUnreadable(unreadable, effects);
            case RegisterSwapped swapped -> handleSwapped(swapped, effects);
            case TipFound found -> {
                Campaign current = findCampaign(found.term());
                if (current != null) {
                    current.handleTip(found.tip(), found.now(), effects);
                    maybeAssign(current, effects);
                }
            }
            case TipUnreadable unreadable -> {
                Campaign current = findCampaign(unreadable.term());
                if (current != null) {
                    current.handleTipUnreadable(unreadable.reason(), unreadable.now());
                    note(current.obstacle(), effects);
                }
            }
            case Heard heard -> handleHeard(heard.message(), heard.now(), effects);
            case MembersKnown known -> handleMembers(known);
            case SwitchTo to -> handleSwitchTo(to, effects);
            case Force force -> waiver = force.waiver();
            case Tick tick -> handleTick(tick.now(), effects);
        }
        return effects;
    }

    /** Whether it may change who is primary. */
    public boolean isAppointed() {
        return phase != Phase.DISMISSED;
    }

    private static long after(Moment now, Duration pause) {
        return now.bootNanos() + pause.toNanos();
    }

    private Duration pause(Duration usual) {
        return wanted == null ? usual : usual.dividedBy(HAND_OVER_SHARE);
    }

    private void handleAppointed(Moment now, List<ElectorEffect> effects) {
        if (phase == Phase.DISMISSED) {
            phase = Phase.OBSERVING;
            register = null;
            nextBeatNanos = now.bootNanos();
            maybeRead(now, effects);
            handleTick(now, effects);
        }
    }

    private void handleDismissed() {
        phase = Phase.DISMISSED;
        requestIsOfThePast = request != Request.NONE;
        readingBack = false;
        wanted = null;
        waiver = null;
        forgetElection();
    }

    private void forgetElection() {
        proposed = null;
        campaign = null;
    }

    private void observe(Moment now, List<ElectorEffect> effects) {
        phase = Phase.OBSERVING;
        forgetElection();
        maybeRead(now, effects);
    }

    private void maybeRead(Moment now, List<ElectorEffect> effects) {
        if (request == Request.NONE) {
            request = Request.READ;
            nextReadNanos = after(now, pause(settings.retry()));
            effects.add(new ReadRegister());
        }
    }

    /** Whether the answer is one to what was asked before a dismissal. */
    private boolean isOfThePast(Moment now, List<ElectorEffect> effects) {
        request = Request.NONE;
        boolean past = requestIsOfThePast;
        requestIsOfThePast = false;
        if (past && phase == Phase.OBSERVING) {
            maybeRead(now, effects);
        }
        return past || phase == Phase.DISMISSED;
    }

    private void handleUnreadable(RegisterUnreadable event, List<ElectorEffect> effects) {
        if (!isOfThePast(event.now(), effects)) {
            nextReadNanos = after(event.now(), settings.retry());
            note("the register can't be read: " + event.reason(), effects);
        }
    }

    private void handleRead(RegisterRead read, List<ElectorEffect> effects) {
        if (isOfThePast(read.now(), effects)) {
            return;
        }
        nextReadNanos = after(read.now(), pause(settings.retry()));
        Stored found = read.stored().orElse(null);
        TermRegister ours = proposed;
        if (readingBack && found != null && ours != null) {
            readingBack = false;
            if (found.register().nonce().equals(ours.nonce())) {
                handleStands(found, read.now(), effects);
                return;
            }
        }
        readingBack = false;
        phase = Phase.OBSERVING;
        forgetElection();
        boolean isNews = see(found, read.now());
        logWithoutRegister = found == null && read.logPresent();
        if (found == null) {
            maybeCreate(read.now(), effects);
        } else if (isElectionDue(found.register(), read.now(), effects)) {
            claim(found, effects);
        } else if (isNews && found.register().state() == State.ASSIGNED) {
            beat(read.now(), effects);
        }
    }

    /** Answers whether that is another term, or another end of it, than was known. */
    private boolean see(@Nullable Stored found, Moment now) {
        Stored before = register;
        boolean same = found != null && before != null && isSameTerm(found.register(), before.register());
        register = found;
        if (!same) {
            registerSinceNanos = now.bootNanos();
        }
        return !same;
    }

    /** Whether only the rule, the voters or the like may have changed. */
    private static boolean isSameTerm(TermRegister one, TermRegister other) {
        return one.isHeldBy(other.term(), other.process()) && one.state() == other.state();
    }

    /** The first register, by an elector that sees nodes: nothing was ever written, so the bucket is complete. */
    private void maybeCreate(Moment now, List<ElectorEffect> effects) {
        if (logWithoutRegister) {
            note(
                    "the bucket holds a log but no term register (term.json): it was deleted. Restore the object from a"
                            + " version of the bucket; without it two writers could share a term",
                    effects);
            return;
        }
        List<Voter> present = lookout.present(now.bootNanos(), health -> true);
        boolean everybodyIsThere = present.size() == settings.nodes().size();
        boolean waitedEnough =
                now.bootNanos() - registerSinceNanos >= settings.resumeAfter().toNanos();
        if (request != Request.NONE || present.isEmpty() || (!everybodyIsThere && !waitedEnough)) {
            return;
        }
        TermRegister first = new TermRegister(
                1,
                ids.get(),
                1,
                State.RELEASED,
                present.getFirst().nodeId(),
                ids.get(),
                settings.name(),
                LogPosition.START,
                present,
                CommitLevel.LOCAL,
                StandbyRule.ANYONE,
                Duration.ZERO,
                1,
                null);
        propose(first, Phase.CLAIMING);
        effects.add(new CreateRegister(first));
    }

    private void propose(TermRegister next, Phase newPhase) {
        proposed = next;
        phase = newPhase;
        request = Request.SWAP;
    }

    private boolean isElectionDue(TermRegister current, Moment now, List<ElectorEffect> effects) {
        if (waiver != null) {
            return isForceDue(waiver, current, now, effects);
        }
        Optional<String> reason = lookout.findReason(current, registerSinceNanos, now.bootNanos());
        if (reason.isEmpty()) {
            return false;
        }
        List<Voter> present = lookout.present(now.bootNanos(), health -> true);
        if (present.isEmpty() || !FenceRule.isMet(current, present)) {
            note(
                    "%s; an election needs %s, there are %s"
                            .formatted(reason.get(), FenceRule.describe(current), names(present)),
                    effects);
            return false;
        }
        note(reason.get(), effects);
        return true;
    }

    /** An operator's word takes the fence's place; all else of an election is as in any other. */
    private boolean isForceDue(Waiver word, TermRegister current, Moment now, List<ElectorEffect> effects) {
        if (!lookout.areThere(word.present(), now.bootNanos())) {
            return false;
        }
        Optional<String> refusal = lookout.findRefusal(word, current, now.bootNanos());
        refusal.ifPresent(reason -> refuseForce(reason, effects));
        return refusal.isEmpty();
    }

    private void refuseForce(String reason, List<ElectorEffect> effects) {
        waiver = null;
        phase = Phase.OBSERVING;
        forgetElection();
        effects.add(new ForceRefused(reason));
    }

    private static List<String> names(List<Voter> voters) {
        return voters.stream().map(Voter::nodeId).toList();
    }

    private void claim(Stored current, List<ElectorEffect> effects) {
        long term = Math.max(current.register().term(), lookout.highestPromise()) + 1;
        replacesGivenBack = current.register().state() == State.RELEASED;
        TermRegister claim = current.register().electing(settings.name(), term, ids.get());
        propose(claim, Phase.CLAIMING);
        effects.add(new SwapRegister(current, claim));
    }

    private void handleSwapped(RegisterSwapped event, List<ElectorEffect> effects) {
        if (isOfThePast(event.now(), effects)) {
            return;
        }
        switch (event.result()) {
            case SwapResult.Swapped swapped -> handleStands(swapped.stored(), event.now(), effects);
            case SwapResult.Lost _ -> observe(event.now(), effects);
            case SwapResult.Unknown _ -> {
                readingBack = true;
                nextReadNanos = after(event.now(), settings.retry());
            }
        }
    }

    /** What was proposed is what the register says. */
    private void handleStands(Stored stored, Moment now, List<ElectorEffect> effects) {
        boolean _ = see(stored, now);
        switch (stored.register().state()) {
            case RELEASED -> observe(now, effects);
            case ASSIGNED -> {
                if (waiver != null
                        && stored.register().forcedTerm() == stored.register().term()) {
                    effects.add(new ForceDone(stored.register()));
                }
                waiver = null;
                wanted = null;
                phase = Phase.OBSERVING;
                forgetElection();
                note(
                        "'%s' is named for term %d, to go on from %s"
                                .formatted(
                                        stored.register().primary(),
                                        stored.register().term(),
                                        stored.register().requiredTip()),
                        effects);
                beat(now, effects);
            }
            case ELECTING -> {
                phase = Phase.ELECTING;
                Campaign begun = new Campaign(settings, stored, replacesGivenBack, waiver);
                campaign = begun;
                begun.fence(now, effects);
            }
        }
    }

    /** The campaign for this term, if it is the one under way; what belongs to another one is of no use any more. */
    private @Nullable Campaign findCampaign(long term) {
        Campaign current = campaign;
        return phase == Phase.ELECTING && current != null && current.term() == term ? current : null;
    }

    private void handleHeard(FromNode message, Moment now, List<ElectorEffect> effects) {
        switch (message) {
            case Health health -> handleHealth(health, now, effects);
            case Fenced answer -> {
                Campaign current = findCampaign(answer.term());
                if (current != null && isNode(answer.identity())) {
                    current.handleFenced(answer, now, effects);
                    note(current.obstacle(), effects);
                }
            }
            case Tail answer -> {
                Campaign current = findCampaign(answer.term());
                if (current != null && isNode(answer.identity())) {
                    current.handleTail(answer);
                    maybeAssign(current, effects);
                }
            }
        }
    }

    private void handleMembers(MembersKnown known) {
        if (!known.candidates().isEmpty()) {
            settings = settings.with(known.nodes(), known.candidates());
            if (campaign != null) {
                campaign.handleMembers(settings);
            }
        }
    }

    private boolean isNode(Identity identity) {
        return nodes().contains(identity.nodeId());
    }

    /** The members, and whom the register names: it may list one for a while that is none any more. */
    private Set<String> nodes() {
        Stored current = register;
        return settings.nodesWith(
                current == null ? List.of() : current.register().voters());
    }

    private void handleHealth(Health health, Moment now, List<ElectorEffect> effects) {
        if (!isNode(health.identity())) {
            return;
        }
        lookout.handle(health, now.bootNanos());
        Campaign current = campaign;
        if (current != null && health.promised() > current.term()) {
            note("term %d was promised to somebody else".formatted(health.promised()), effects);
            if (request == Request.NONE) {
                observe(now, effects);
            }
        } else if (phase == Phase.OBSERVING) {
            review(now, effects);
        }
    }

    private void maybeAssign(Campaign current, List<ElectorEffect> effects) {
        Optional<TermRegister> decision = current.decide(wanted, ids.get());
        if (decision.isPresent()) {
            propose(decision.get(), Phase.ASSIGNING);
            effects.add(new SwapRegister(current.claim(), decision.get()));
        } else {
            note(current.obstacle(), effects);
            current.refusal().ifPresent(reason -> refuseForce(reason, effects));
        }
    }

    private void handleSwitchTo(SwitchTo to, List<ElectorEffect> effects) {
        if (phase != Phase.DISMISSED && settings.candidates().contains(to.node())) {
            wanted = to.node();
            wantedUntilNanos = after(to.now(), SETTLED);
            if (phase == Phase.OBSERVING) {
                review(to.now(), effects);
            }
        }
    }

    private void handleTick(Moment now, List<ElectorEffect> effects) {
        if (phase == Phase.DISMISSED) {
            return;
        }
        if (now.bootNanos() - nextBeatNanos >= 0) {
            beat(now, effects);
        } else {
            effects.add(new WakeAt(nextBeatNanos));
        }
        if (wanted != null && now.bootNanos() - wantedUntilNanos >= 0) {
            note("'%s' could not be made primary in time".formatted(wanted), effects);
            wanted = null;
        }
        switch (phase) {
            case OBSERVING -> review(now, effects);
            case CLAIMING, ASSIGNING -> {
                if (readingBack && now.bootNanos() - nextReadNanos >= 0) {
                    maybeRead(now, effects);
                }
            }
            case ELECTING -> {
                Campaign current = campaign;
                if (current != null) {
                    current.handleTick(now, effects);
                    maybeAssign(current, effects);
                }
            }
            case DISMISSED -> {}
        }
    }

    /** Signs of life are asked for, and everybody is told what the register says. */
    private void beat(Moment now, List<ElectorEffect> effects) {
        nextBeatNanos = after(now, pause(settings.heartbeat()));
        effects.add(new WakeAt(nextBeatNanos));
        Stored current = register;
        for (String node : nodes()) {
            effects.add(new Send(node, ping(current)));
        }
    }

    private static FromElector ping(@Nullable Stored current) {
        if (current == null) {
            return Ping.ASKING;
        }
        TermRegister said = current.register();
        return new Ping(said.term(), said.state() == State.ASSIGNED, said.primary(), said.process());
    }

    /** Whether the register is to be looked at: for a reason to elect, for one who knows better, for a hand-over that went on. */
    private void review(Moment now, List<ElectorEffect> effects) {
        Stored current = register;
        if (now.bootNanos() - nextReadNanos < 0 || request != Request.NONE) {
            return;
        }
        if (current == null || lookout.knowsLaterThan(current.register(), now.bootNanos())) {
            maybeRead(now, effects);
        } else if (isElectionDue(current.register(), now, effects)) {
            maybeRead(now, effects);
        } else if (wanted != null) {
            handOver(current.register(), wanted, now, effects);
        } else if (now.bootNanos() - nextReadNanos >= SETTLED.toNanos()) {
            maybeRead(now, effects);
        }
    }

    private void handOver(TermRegister current, String to, Moment now, List<ElectorEffect> effects) {
        Optional<Health> target = lookout.find(to, now.bootNanos());
        boolean isThere = current.primary().equals(to);
        if (current.state() != State.ASSIGNED || isThere) {
            wanted = isThere ? null : wanted;
            return;
        }
        if (!lookout.leads(current, now.bootNanos())) {
            maybeRead(now, effects);
        } else if (target.isPresent() && target.get().occupation() == Occupation.FOLLOWING) {
            nextReadNanos = after(now, pause(settings.retry()));
            Successor successor =
                    new Successor(target.get().identity(), target.get().process());
            effects.add(new Send(current.primary(), new HandOver(current.term(), current.process(), successor)));
        }
    }

    private void note(String what, List<ElectorEffect> effects) {
        if (!what.isEmpty() && !what.equals(lastNote)) {
            lastNote = what;
            effects.add(new Note(what));
        }
    }
}
