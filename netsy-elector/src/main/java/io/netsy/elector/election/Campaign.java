package io.netsy.elector.election;

import io.netsy.elector.election.ElectorEffect.FindTip;
import io.netsy.elector.election.ElectorEffect.Send;
import io.netsy.elector.election.ElectorEffect.WakeAt;
import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.Assignment;
import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.elector.term.TermRegister.Forced;
import io.netsy.replication.core.ElectorMessage.AskTail;
import io.netsy.replication.core.ElectorMessage.Fence;
import io.netsy.replication.core.ElectorMessage.Fenced;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One claimed term on its way to an assignment, steps 3 to 6 of {@link ElectorCore}. The order is what makes it safe: the fence, then
 * the lease, then a walk of the bucket that begins after both, then what the fenced hold behind the end that it found.
 */
final class Campaign {
    private static final Duration MIN_DRIFT_MARGIN = Duration.ofMillis(50);

    /** Clocks of two machines may run apart by this share of a lease. */
    private static final int DRIFT_SHARE = 20;

    private enum Phase {
        FENCING,
        WAITING,
        FINDING_TIP,
        ASKING_TAILS
    }

    private ElectorSettings settings;
    private final Stored claim;
    private final TermRegister register;
    private final boolean givenBack;
    private final FencedNodes fenced;
    private final @Nullable Waiver waiver;
    private Phase phase = Phase.FENCING;
    private long waitUntilNanos;
    private long nextTryNanos;
    private @Nullable LogPosition tip;
    private String obstacle = "";
    private @Nullable String refusal;

    /**
     * @param claim the register as this elector swapped it
     * @param givenBack whether the register that it replaced was released: nobody has a lease then
     * @param waiver an operator's word that it may go on with those who are there; null in any other election
     */
    Campaign(ElectorSettings settings, Stored claim, boolean givenBack, @Nullable Waiver waiver) {
        this.settings = settings;
        this.claim = claim;
        this.register = claim.register();
        this.givenBack = givenBack;
        this.waiver = waiver;
        this.fenced = new FencedNodes(register, waiver);
    }

    /** From now on others are asked, and others may be named. */
    void handleMembers(ElectorSettings newSettings) {
        settings = newSettings;
    }

    Stored claim() {
        return claim;
    }

    long term() {
        return register.term();
    }

    /** What it waits for, for people; empty when nothing is missing. */
    String obstacle() {
        return obstacle;
    }

    /** Why the operator's word is not for this election, once that is known. */
    Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** Asks whoever did not promise yet: after the fence is met as well, for the others may hold more. */
    void fence(Moment now, List<ElectorEffect> effects) {
        nextTryNanos = now.bootNanos() + settings.retry().toNanos();
        for (String node : settings.nodesWith(register.voters())) {
            if (!fenced.isFenced(node)) {
                effects.add(new Send(node, new Fence(term())));
            }
        }
    }

    void handleFenced(Fenced answer, Moment now, List<ElectorEffect> effects) {
        fenced.add(answer);
        if (phase == Phase.ASKING_TAILS) {
            askTails(now, effects);
        } else if (phase == Phase.FENCING) {
            if (fenced.suffice()) {
                phase = Phase.WAITING;
                waitUntilNanos = now.bootNanos() + leaseToWaitFor().toNanos();
                effects.add(new WakeAt(waitUntilNanos));
                maybeFindTip(now, effects);
            } else {
                obstacle = "term %d needs the promise of %s, it has that of %s"
                        .formatted(
                                term(),
                                waiver == null ? FenceRule.describe(register) : waiver.present(),
                                fenced.names());
            }
        }
    }

    /** In full, whatever an earlier elector waited. */
    private Duration leaseToWaitFor() {
        Duration lease = register.lease();
        if (givenBack || lease.isZero()) {
            return Duration.ZERO;
        }
        Duration margin = lease.dividedBy(DRIFT_SHARE);
        return lease.plus(margin.compareTo(MIN_DRIFT_MARGIN) > 0 ? margin : MIN_DRIFT_MARGIN);
    }

    private void maybeFindTip(Moment now, List<ElectorEffect> effects) {
        if (phase == Phase.WAITING && now.bootNanos() - waitUntilNanos >= 0) {
            phase = Phase.FINDING_TIP;
            effects.add(new FindTip(term()));
        }
    }

    void handleTip(LogPosition found, Moment now, List<ElectorEffect> effects) {
        if (phase == Phase.FINDING_TIP) {
            tip = found;
            phase = Phase.ASKING_TAILS;
            askTails(now, effects);
        }
    }

    /** Tried again at the next tick after a pause. */
    void handleTipUnreadable(String reason, Moment now) {
        if (phase == Phase.FINDING_TIP) {
            phase = Phase.WAITING;
            waitUntilNanos = now.bootNanos() + settings.retry().toNanos();
            obstacle = "the end of the bucket's chain can't be found: " + reason;
        }
    }

    private void askTails(Moment now, List<ElectorEffect> effects) {
        LogPosition end = tip;
        if (end == null || register.level().isCompleteInBucket()) {
            return;
        }
        nextTryNanos = now.bootNanos() + settings.retry().toNanos();
        for (String node : fenced.names()) {
            if (!fenced.hasToldTail(node, end)) {
                effects.add(new Send(node, new AskTail(term(), end)));
            }
        }
    }

    void handleTail(Tail answer) {
        fenced.add(answer);
    }

    void handleTick(Moment now, List<ElectorEffect> effects) {
        maybeFindTip(now, effects);
        boolean asks = phase == Phase.FENCING || phase == Phase.ASKING_TAILS;
        if (asks && now.bootNanos() - nextTryNanos >= 0) {
            fence(now, effects);
            askTails(now, effects);
        }
    }

    /**
     * The register that assigns the term, once everything for it is known.
     *
     * @param wanted who was asked for, if anybody was
     */
    Optional<TermRegister> decide(@Nullable String wanted, UUID nonce) {
        LogPosition stored = tip;
        if (stored == null || !fenced.toldEnough(stored)) {
            return Optional.empty();
        }
        Optional<LogPosition> end = fenced.chooseEnd(stored);
        if (end.isEmpty()) {
            obstacle = "nobody of %s holds %s, which was required of the last primary; the bucket ends at %s"
                    .formatted(fenced.names(), register.requiredTip(), stored);
            return Optional.empty();
        }
        Waiver word = waiver;
        if (word != null && !word.lossAfter().equals(end.get())) {
            refusal = "acknowledged entries may be lost after index %d, and not after %d"
                    .formatted(end.get().index(), word.lossAfter().index());
            return Optional.empty();
        }
        Optional<Fenced> picked = fenced.pick(settings.candidates(), wanted, stored, end.get());
        if (picked.isEmpty()) {
            obstacle = "of %s nobody may be primary".formatted(fenced.names());
            return Optional.empty();
        }
        Fenced named = picked.get();
        TermRegister assigned = register.named(
                new Claimant(named.identity().nodeId(), named.identity().diskId(), named.process()),
                new Assignment(
                        end.get(), fenced.votersWith(named), register.level(), register.standbys(), settings.lease()),
                nonce);
        return Optional.of(
                word == null
                        ? assigned
                        : assigned.withForced(new Forced(term(), end.get(), word.by(), word.at(), fenced.missing())));
    }
}
