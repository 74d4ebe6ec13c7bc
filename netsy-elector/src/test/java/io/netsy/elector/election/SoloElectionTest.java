package io.netsy.elector.election;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SoloElectionTest {
    private static final Claimant ME = new Claimant("n1", new UUID(1, 1), new UUID(1, 2));
    private static final UUID OLD_PROCESS = new UUID(2, 2);
    private static final Duration LEASE = Duration.ofSeconds(4);
    private static final LogPosition TIP = new LogPosition(6, 10, 3);

    private final AtomicLong nonces = new AtomicLong(100);
    private final SoloElection election = new SoloElection(ME, LEASE, () -> new UUID(0, nonces.incrementAndGet()));

    private static Stored stored(TermRegister register) {
        return new Stored(register, "mark-" + register.version());
    }

    private static TermRegister heldBy(String node, UUID disk, State state) {
        return new TermRegister(
                9,
                new UUID(0, 9),
                6,
                state,
                node,
                OLD_PROCESS,
                node,
                TIP,
                List.of(new Voter(node, disk)),
                CommitLevel.LOCAL,
                StandbyRule.ANYONE,
                LEASE,
                1,
                null);
    }

    private SwapRegister claim(TermRegister current) {
        assertThat(election.begin()).containsExactly(new ReadRegister());
        List<ElectionEffect> effects = election.step(new RegisterRead(Optional.of(stored(current)), true, 0));
        assertThat(effects).hasSize(1).first().isInstanceOf(SwapRegister.class);
        return (SwapRegister) effects.getFirst();
    }

    private List<ElectionEffect> swapped(SwapRegister swap, long nowNanos) {
        return election.step(new RegisterSwapped(new SwapResult.Swapped(stored(swap.next())), nowNanos));
    }

    @Test
    void anotherDisksLeaseIsWaitedOutInFullWithMarginFromTheAnswer() {
        SwapRegister claim = claim(heldBy("n1", new UUID(9, 9), State.ASSIGNED));
        assertThat(claim.next().term()).isEqualTo(7);
        assertThat(claim.next().state()).isEqualTo(State.ELECTING);

        List<ElectionEffect> waiting = swapped(claim, 1000);
        long wakeAt = 1000 + LEASE.toNanos() + LEASE.toNanos() / SoloElection.DRIFT_SHARE;
        assertThat(((WakeAt) waiting.getFirst()).bootNanos()).isEqualTo(wakeAt);
        assertThat(election.step(new Tick(wakeAt - 1))).isEmpty();
        assertThat(election.step(new Tick(wakeAt))).containsExactly(new FindTip());

        SwapRegister assign = (SwapRegister) election.step(new TipFound(TIP)).getFirst();
        assertThat(assign.next().state()).isEqualTo(State.ASSIGNED);
        assertThat(assign.next().requiredTip()).isEqualTo(TIP);
        assertThat(assign.next().voters()).containsExactly(ME.asVoter());
        assertThat(assign.next().lease()).isEqualTo(LEASE);
        assertThat(swapped(assign, wakeAt)).containsExactly(new Elected(assign.next()));
    }

    @Test
    void anUnfinishedClaimInheritsTheLeaseThatTheNextOneWaitsOut() {
        TermRegister abandoned = heldBy("n2", new UUID(9, 9), State.ASSIGNED)
                .claimedBy(new Claimant("n3", new UUID(8, 8), new UUID(8, 9)), new UUID(0, 50));

        assertThat(swapped(claim(abandoned), 0).getFirst()).isInstanceOf(WakeAt.class);
    }

    @Test
    void theOwnDiskNeedsNoWaitBecauseItsLockProvesTheOldProcessDead() {
        SwapRegister claim = claim(heldBy("n1", ME.diskId(), State.ASSIGNED));

        assertThat(swapped(claim, 0)).containsExactly(new FindTip());
    }

    @Test
    void theSameNameOnAnotherDiskMustWait() {
        SwapRegister claim = claim(heldBy("n1", new UUID(5, 5), State.ASSIGNED));

        assertThat(swapped(claim, 0).getFirst()).isInstanceOf(WakeAt.class);
    }

    @Test
    void aReleasedTermNeedsNoWait() {
        SwapRegister claim = claim(heldBy("n2", new UUID(9, 9), State.RELEASED));

        assertThat(swapped(claim, 0)).containsExactly(new FindTip());
    }

    @Test
    void aLostSwapBeginsAnewOnWhatStandsThen() {
        claim(heldBy("n2", new UUID(9, 9), State.ASSIGNED));

        assertThat(election.step(new RegisterSwapped(new SwapResult.Lost(), 0))).containsExactly(new ReadRegister());
        TermRegister newer = heldBy("n3", new UUID(8, 8), State.ASSIGNED)
                .claimedBy(new Claimant("n3", new UUID(8, 8), new UUID(8, 9)), new UUID(0, 51));
        SwapRegister again = (SwapRegister) election.step(new RegisterRead(Optional.of(stored(newer)), true, 0))
                .getFirst();
        assertThat(again.next().term()).isEqualTo(newer.term() + 1);
    }

    @Test
    void aSwapOfUnknownOutcomeIsRecognisedByItsNonce() {
        SwapRegister claim = claim(heldBy("n2", new UUID(9, 9), State.RELEASED));
        WakeAt pause = (WakeAt) election.step(new RegisterSwapped(new SwapResult.Unknown("reset"), 0))
                .getFirst();
        assertThat(election.step(new Tick(pause.bootNanos()))).containsExactly(new ReadRegister());

        assertThat(election.step(new RegisterRead(Optional.of(stored(claim.next())), true, pause.bootNanos())))
                .containsExactly(new FindTip());
    }

    @Test
    void aSwapOfUnknownOutcomeThatDidNotHappenBeginsAnew() {
        TermRegister current = heldBy("n2", new UUID(9, 9), State.RELEASED);
        claim(current);
        WakeAt pause = (WakeAt) election.step(new RegisterSwapped(new SwapResult.Unknown("reset"), 0))
                .getFirst();
        election.step(new Tick(pause.bootNanos()));

        List<ElectionEffect> effects =
                election.step(new RegisterRead(Optional.of(stored(current)), true, pause.bootNanos()));
        assertThat(effects).hasSize(1).first().isInstanceOf(SwapRegister.class);
    }

    @Test
    void anEmptyBucketBeginsWithTermOneAndNoWait() {
        election.begin();
        CreateRegister create = (CreateRegister)
                election.step(new RegisterRead(Optional.empty(), false, 0)).getFirst();
        assertThat(create.first().term()).isEqualTo(1);

        assertThat(election.step(new RegisterSwapped(new SwapResult.Swapped(stored(create.first())), 0)))
                .containsExactly(new FindTip());
    }

    @Test
    void scenario26_aLogWithoutRegisterIsRefused() {
        election.begin();

        List<ElectionEffect> effects = election.step(new RegisterRead(Optional.empty(), true, 0));

        assertThat(effects).hasSize(1).first().isInstanceOf(Failed.class);
        assertThat(((Failed) effects.getFirst()).reason()).contains("term.json");
    }
}
