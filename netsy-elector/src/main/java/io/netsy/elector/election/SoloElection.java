package io.netsy.elector.election;

import io.netsy.elector.election.ElectionEffect.CreateRegister;
import io.netsy.elector.election.ElectionEffect.Elected;
import io.netsy.elector.election.ElectionEffect.Failed;
import io.netsy.elector.election.ElectionEffect.FindTip;
import io.netsy.elector.election.ElectionEffect.ReadRegister;
import io.netsy.elector.election.ElectionEffect.SwapRegister;
import io.netsy.elector.election.ElectionEffect.WakeAt;
import io.netsy.elector.election.ElectionEvent.RegisterRead;
import io.netsy.elector.election.ElectionEvent.RegisterSwapped;
import io.netsy.elector.election.ElectionEvent.Tick;
import io.netsy.elector.election.ElectionEvent.TipFound;
import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.RegisterStorage.SwapResult;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.Assignment;
import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The election of a cluster of one: a node that claims the term for its own process, as every start of a writer does.
 *
 * <ol>
 *   <li>Read the register. None, though there is a log: refuse, for nothing would tell the terms apart.
 *   <li>Swap it to term + 1, "electing", with rule and lease copied from what was replaced.
 *   <li>There is no other voter to fence. What fences the old primary is its lease: wait it out, with a margin for clocks
 *       that run apart, counted from the answer to the own swap. Nothing needs waiting for when the register says
 *       released, or when the old primary ran on the very disk whose lock this process holds.
 *   <li>Find the end of the chain.
 *   <li>Swap the register to "assigned", with that tip and this node as the only voter.
 * </ol>
 *
 * A swap with a lost answer is settled by reading back and comparing the nonce. A swap that another won begins anew.
 * For one thread.
 */
public final class SoloElection {
    /** Clocks of two machines may run apart by this share of a lease. */
    static final int DRIFT_SHARE = 20;

    private static final Duration MIN_DRIFT_MARGIN = Duration.ofMillis(50);
    private static final Duration READ_BACK_PAUSE = Duration.ofMillis(200);

    private final Claimant claimant;
    private final Duration lease;
    private final Supplier<UUID> nonces;

    private @Nullable TermRegister proposed;
    private @Nullable Stored held;
    private Duration wait = Duration.ZERO;
    private long wakeAtNanos;
    private boolean readingBack;

    /**
     * @param lease the lease to put in force; zero: every read asks the register
     * @param nonces random ids
     */
    public SoloElection(Claimant claimant, Duration lease, Supplier<UUID> nonces) {
        this.claimant = claimant;
        this.lease = lease;
        this.nonces = nonces;
    }

    /** The first thing to do. */
    public List<ElectionEffect> begin() {
        return List.of(new ReadRegister());
    }

    /** Takes one event and says what is to be done about it. */
    public List<ElectionEffect> step(ElectionEvent event) {
        return switch (event) {
            case RegisterRead read -> handleRead(read);
            case RegisterSwapped swapped -> handleSwapped(swapped);
            case TipFound found -> assign(found.tip());
            case Tick tick -> handleTick(tick.nowNanos());
        };
    }

    private List<ElectionEffect> handleRead(RegisterRead read) {
        TermRegister ours = proposed;
        if (readingBack && ours != null) {
            readingBack = false;
            if (read.stored().isPresent()
                    && read.stored().get().register().nonce().equals(ours.nonce())) {
                return handleStands(read.stored().get(), read.nowNanos());
            }
        }
        return read.stored().isPresent() ? claim(read.stored().get()) : createUnlessThereIsALog(read.logPresent());
    }

    private List<ElectionEffect> createUnlessThereIsALog(boolean logPresent) {
        if (logPresent) {
            return List.of(new Failed(
                    "the bucket holds a log but no term register (term.json): it was deleted. Restore the object from"
                            + " a version of the bucket; starting without it could let two writers share a term"));
        }
        wait = Duration.ZERO;
        TermRegister first = new TermRegister(
                1,
                nonces.get(),
                1,
                State.ELECTING,
                claimant.nodeId(),
                claimant.process(),
                claimant.nodeId(),
                null,
                List.of(claimant.asVoter()),
                CommitLevel.LOCAL,
                StandbyRule.ANYONE,
                Duration.ZERO,
                1,
                null);
        proposed = first;
        return List.of(new CreateRegister(first));
    }

    private List<ElectionEffect> claim(Stored current) {
        TermRegister register = current.register();
        if (!register.level().isCompleteInBucket() && !ranOnThisDisk(register)) {
            return List.of(new Failed(
                    "the term register says commit level %s under primary '%s': what was acknowledged last may be on the disks of %s alone, and not on this one. Start '%s' on the disk it ran on; it archives what is missing"
                            .formatted(
                                    register.level().configName(),
                                    register.primary(),
                                    register.voters().stream()
                                            .map(TermRegister.Voter::nodeId)
                                            .toList(),
                                    register.primary())));
        }
        held = null;
        wait = waitFor(register);
        TermRegister claim = register.claimedBy(claimant, nonces.get());
        proposed = claim;
        return List.of(new SwapRegister(current, claim));
    }

    private boolean ranOnThisDisk(TermRegister register) {
        return register.primary().equals(claimant.nodeId()) && register.voters().contains(claimant.asVoter());
    }

    private Duration waitFor(TermRegister register) {
        if (register.state() == State.RELEASED
                || ranOnThisDisk(register)
                || register.lease().isZero()) {
            return Duration.ZERO;
        }
        Duration margin = register.lease().dividedBy(DRIFT_SHARE);
        return register.lease().plus(margin.compareTo(MIN_DRIFT_MARGIN) > 0 ? margin : MIN_DRIFT_MARGIN);
    }

    private List<ElectionEffect> handleSwapped(RegisterSwapped event) {
        return switch (event.result()) {
            case SwapResult.Swapped swapped -> handleStands(swapped.stored(), event.nowNanos());
            case SwapResult.Lost ignored -> begin();
            case SwapResult.Unknown unknown -> {
                readingBack = true;
                yield wake(event.nowNanos(), READ_BACK_PAUSE, "read back: " + unknown.reason());
            }
        };
    }

    private List<ElectionEffect> handleStands(Stored stored, long nowNanos) {
        if (stored.register().state() == State.ASSIGNED) {
            return List.of(new Elected(stored.register()));
        }
        held = stored;
        return wait.isZero() ? List.of(new FindTip()) : wake(nowNanos, wait, "the old primary's lease to run out");
    }

    private List<ElectionEffect> wake(long nowNanos, Duration pause, String reason) {
        wakeAtNanos = nowNanos + pause.toNanos();
        return List.of(new WakeAt(wakeAtNanos, pause, reason));
    }

    private List<ElectionEffect> handleTick(long nowNanos) {
        if (nowNanos - wakeAtNanos < 0) {
            return List.of();
        }
        return List.of(readingBack ? new ReadRegister() : new FindTip());
    }

    /** Where the bucket alone was complete it stays the rule; else what was in force holds until all of it is archived. */
    private Assignment assignment(TermRegister claim, LogPosition tip) {
        return claim.level().isCompleteInBucket()
                ? new Assignment(tip, List.of(claimant.asVoter()), CommitLevel.LOCAL, StandbyRule.ANYONE, lease)
                : new Assignment(tip, claim.voters(), claim.level(), claim.standbys(), lease);
    }

    private List<ElectionEffect> assign(LogPosition tip) {
        Stored claim = held;
        if (claim == null) {
            return List.of();
        }
        TermRegister assigned = claim.register().assigned(assignment(claim.register(), tip), nonces.get());
        proposed = assigned;
        return List.of(new SwapRegister(claim, assigned));
    }
}
