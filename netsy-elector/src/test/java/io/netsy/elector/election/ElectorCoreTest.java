package io.netsy.elector.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.elector.election.ElectorEffect.CreateRegister;
import io.netsy.elector.election.ElectorEffect.FindTip;
import io.netsy.elector.election.ElectorEffect.Note;
import io.netsy.elector.election.ElectorEffect.ReadRegister;
import io.netsy.elector.election.ElectorEffect.Send;
import io.netsy.elector.election.ElectorEffect.SwapRegister;
import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.RegisterStorage.SwapResult;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.replication.core.ElectorMessage.AskTail;
import io.netsy.replication.core.ElectorMessage.Fence;
import io.netsy.replication.core.ElectorMessage.Fenced;
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
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ElectorCoreTest {
    private static final List<String> NODES = List.of("a", "b", "c");
    private static final LogPosition TIP = new LogPosition(5, 10, 1);
    private static final LogPosition TAIL = new LogPosition(5, 20, 2);
    private static final UUID CLUSTER = new UUID(7, 7);

    private final AtomicLong ids = new AtomicLong(100);
    private final List<ElectorEffect> last = new ArrayList<>();
    private Duration lease = Duration.ZERO;
    private List<String> candidates = NODES;
    private ElectorCore elector = elector();
    private long nowNanos;

    private ElectorCore elector() {
        return new ElectorCore(
                new ElectorSettings(
                        "elector",
                        NODES,
                        candidates,
                        Duration.ofSeconds(9),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofMillis(100)),
                () -> new UUID(0, ids.incrementAndGet()));
    }

    @BeforeEach
    void begin() {
        step(ElectorEvent.Appointed::new);
    }

    private List<ElectorEffect> step(Function<Moment, ElectorEvent> event) {
        last.clear();
        last.addAll(elector.step(event.apply(new Moment(nowNanos, 0))));
        return last;
    }

    private void pass(Duration time) {
        nowNanos += time.toNanos();
    }

    private List<ElectorEffect> tickAfter(Duration time) {
        pass(time);
        return step(ElectorEvent.Tick::new);
    }

    private static UUID disk(String node) {
        return new UUID(1, node.charAt(0));
    }

    private static UUID process(String node) {
        return new UUID(2, node.charAt(0));
    }

    private static Identity identity(String node) {
        return new Identity(CLUSTER, node, disk(node));
    }

    private TermRegister register(CommitLevel level, State state) {
        return new TermRegister(
                9,
                new UUID(0, 9),
                5,
                state,
                "a",
                process("a"),
                "somebody",
                TIP,
                NODES.stream().map(node -> new Voter(node, disk(node))).toList(),
                level,
                StandbyRule.ANYONE,
                lease,
                1,
                null);
    }

    private static Stored stored(TermRegister register) {
        return new Stored(register, register.version());
    }

    private List<ElectorEffect> read(TermRegister register) {
        return step(now -> new ElectorEvent.RegisterRead(Optional.of(stored(register)), true, now));
    }

    private List<ElectorEffect> heard(String node, Occupation occupation, long term, long promised) {
        return step(now -> new ElectorEvent.Heard(
                new Health(identity(node), process(node), promised, occupation, term, Duration.ZERO), now));
    }

    private List<ElectorEffect> fenced(String node, long term) {
        return step(now -> new ElectorEvent.Heard(new Fenced(identity(node), process(node), term, TIP), now));
    }

    private List<ElectorEffect> tail(String node, long term, LogPosition end) {
        return step(now -> new ElectorEvent.Heard(new Tail(identity(node), term, TIP, Optional.of(end)), now));
    }

    private List<ElectorEffect> swapped(SwapRegister swap) {
        return step(now -> new ElectorEvent.RegisterSwapped(new SwapResult.Swapped(stored(swap.next())), now));
    }

    private <T extends ElectorEffect> List<T> all(Class<T> kind) {
        return last.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private <T extends ElectorEffect> T only(Class<T> kind) {
        assertThat(all(kind)).as("%s", last).hasSize(1);
        return all(kind).getFirst();
    }

    /** The primary fell silent, its standbys miss it: the register is read, and the answer leads to a claim. */
    private SwapRegister claim(CommitLevel level) {
        TermRegister current = register(level, State.ASSIGNED);
        read(current);
        pass(Duration.ofSeconds(2));
        List<ElectorEffect> effects = new ArrayList<>(heard("b", Occupation.IDLE, 0, 5));
        effects.addAll(heard("c", Occupation.IDLE, 0, 5));
        assertThat(effects).filteredOn(ReadRegister.class::isInstance).hasSize(1);
        read(current);
        return only(SwapRegister.class);
    }

    @Test
    void aClaimCopiesWhatTheFenceIsComputedBy() {
        SwapRegister claim = claim(CommitLevel.QUORUM);

        TermRegister next = claim.next();
        assertThat(next.state()).isEqualTo(State.ELECTING);
        assertThat(next.term()).isEqualTo(6);
        assertThat(next.primary()).isEqualTo("a");
        assertThat(next.requiredTip()).isEqualTo(TIP);
        assertThat(next.level()).isEqualTo(CommitLevel.QUORUM);
        assertThat(next.voters()).isEqualTo(claim.expected().register().voters());
    }

    @Test
    void aPrimaryThatAVoterHearsIsLeftAlone() {
        read(register(CommitLevel.QUORUM, State.ASSIGNED));
        pass(Duration.ofSeconds(2));
        heard("b", Occupation.FOLLOWING, 5, 5);
        heard("c", Occupation.IDLE, 0, 5);

        assertThat(all(ReadRegister.class)).isEmpty();
    }

    @Test
    void aClaimExceedsEveryPromise() {
        TermRegister current = register(CommitLevel.LOCAL, State.RELEASED);
        heard("b", Occupation.IDLE, 0, 40);
        read(current);

        assertThat(only(SwapRegister.class).next().term()).isEqualTo(41);
    }

    @Test
    void noElectionBeginsWithTooFewToFence() {
        TermRegister current = register(CommitLevel.QUORUM, State.RELEASED);
        heard("b", Occupation.IDLE, 0, 5);
        read(current);

        assertThat(all(SwapRegister.class)).isEmpty();
        assertThat(only(Note.class).what()).contains("needs 'a', or 2 of [b, c]");
    }

    @Test
    void theFenceThenTheTipThenTheTailsThenTheLongestIsRequiredAndItsHolderNamed() {
        SwapRegister claim = claim(CommitLevel.QUORUM);
        swapped(claim);
        assertThat(all(Send.class)).extracting(Send::message).containsOnly(new Fence(6));
        assertThat(fenced("b", 6)).noneMatch(FindTip.class::isInstance);
        fenced("c", 6);
        assertThat(only(FindTip.class).term()).isEqualTo(6);

        step(now -> new ElectorEvent.TipFound(6, TIP, now));
        assertThat(all(Send.class)).extracting(Send::message).containsOnly(new AskTail(6, TIP));
        assertThat(tail("b", 6, TIP)).noneMatch(SwapRegister.class::isInstance);
        tail("c", 6, TAIL);

        TermRegister assigned = only(SwapRegister.class).next();
        assertThat(assigned.state()).isEqualTo(State.ASSIGNED);
        assertThat(assigned.primary()).isEqualTo("c");
        assertThat(assigned.process()).isEqualTo(process("c"));
        assertThat(assigned.requiredTip()).isEqualTo(TAIL);
        assertThat(assigned.level()).isEqualTo(CommitLevel.QUORUM);
    }

    @Test
    void scenario01_aTailOfAnotherTermCountsForNothing() {
        swapped(claim(CommitLevel.QUORUM));
        fenced("b", 6);
        fenced("c", 6);
        step(now -> new ElectorEvent.TipFound(6, TIP, now));
        tail("b", 6, new LogPosition(4, 99, 3));
        tail("c", 6, TAIL);

        assertThat(only(SwapRegister.class).next().requiredTip()).isEqualTo(TAIL);
    }

    @Test
    void scenario02_whatTheRegisterRequiredIsWaitedFor() {
        TermRegister current = register(CommitLevel.QUORUM, State.RELEASED);
        LogPosition required = new LogPosition(5, 30, 4);
        heard("b", Occupation.IDLE, 0, 5);
        heard("c", Occupation.IDLE, 0, 5);
        read(current.released(required, new UUID(0, 10)));
        swapped(only(SwapRegister.class));
        fenced("b", 6);
        fenced("c", 6);
        step(now -> new ElectorEvent.TipFound(6, TIP, now));
        tail("b", 6, TAIL);
        assertThat(tail("c", 6, TAIL)).noneMatch(SwapRegister.class::isInstance);

        fenced("a", 6);
        tail("a", 6, required);
        assertThat(only(SwapRegister.class).next().requiredTip()).isEqualTo(required);
    }

    @Test
    void whereTheBucketIsCompleteNobodysTailIsWaitedFor() {
        swapped(claim(CommitLevel.ON));
        fenced("b", 6);
        step(now -> new ElectorEvent.TipFound(6, TIP, now));

        TermRegister assigned = only(SwapRegister.class).next();
        assertThat(assigned.primary()).isEqualTo("b");
        assertThat(assigned.requiredTip()).isEqualTo(TIP);
        assertThat(assigned.lease()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void theLeaseOfTheRegisterIsWaitedOutInFullFromTheFence() {
        lease = Duration.ofSeconds(4);
        swapped(claim(CommitLevel.ON));
        pass(Duration.ofSeconds(3));
        assertThat(fenced("b", 6)).noneMatch(FindTip.class::isInstance);

        assertThat(tickAfter(Duration.ofMillis(4100))).noneMatch(FindTip.class::isInstance);
        assertThat(tickAfter(Duration.ofMillis(100))).anyMatch(FindTip.class::isInstance);
    }

    @Test
    void aTermThatWasGivenBackNeedsNoWait() {
        lease = Duration.ofSeconds(4);
        heard("b", Occupation.IDLE, 0, 5);
        read(register(CommitLevel.ON, State.RELEASED));
        swapped(only(SwapRegister.class));

        assertThat(fenced("b", 6)).anyMatch(FindTip.class::isInstance);
    }

    @Test
    void whoMayNotLeadOnlyVouches() {
        candidates = List.of("a", "b");
        elector = elector();
        step(ElectorEvent.Appointed::new);
        swapped(claim(CommitLevel.QUORUM));
        fenced("b", 6);
        fenced("c", 6);
        step(now -> new ElectorEvent.TipFound(6, TIP, now));
        tail("b", 6, TIP);
        tail("c", 6, TAIL);

        TermRegister assigned = only(SwapRegister.class).next();
        assertThat(assigned.primary()).isEqualTo("b");
        assertThat(assigned.requiredTip()).isEqualTo(TAIL);
    }

    @Test
    void anElectionOfAnotherElectorIsTakenOverOnlyWhenNothingComesOfIt() {
        TermRegister electing = register(CommitLevel.LOCAL, State.ASSIGNED).electing("other", 6, new UUID(0, 11));
        heard("b", Occupation.IDLE, 0, 5);
        read(electing);
        assertThat(all(SwapRegister.class)).isEmpty();

        pass(Duration.ofSeconds(3));
        heard("b", Occupation.IDLE, 0, 6);
        only(ReadRegister.class);
        read(electing);
        assertThat(only(SwapRegister.class).next().term()).isEqualTo(7);
    }

    @Test
    void aLaterPromiseEndsACampaign() {
        swapped(claim(CommitLevel.QUORUM));
        heard("b", Occupation.IDLE, 0, 8);

        only(ReadRegister.class);
        fenced("b", 6);
        fenced("c", 6);
        assertThat(all(FindTip.class)).isEmpty();
    }

    @Test
    void aSwapOfUnknownOutcomeIsSettledByItsNonce() {
        SwapRegister claim = claim(CommitLevel.QUORUM);
        step(now -> new ElectorEvent.RegisterSwapped(new SwapResult.Unknown("reset"), now));
        tickAfter(Duration.ofMillis(200));
        only(ReadRegister.class);
        read(claim.next());

        assertThat(all(Send.class)).extracting(Send::message).contains(new Fence(6));
    }

    @Test
    void anAnswerFromBeforeADismissalIsNotTakenForALaterOne() {
        SwapRegister claim = claim(CommitLevel.QUORUM);
        step(now -> new ElectorEvent.Dismissed());
        step(ElectorEvent.Appointed::new);
        assertThat(all(ReadRegister.class)).isEmpty();

        swapped(claim);
        only(ReadRegister.class);
        assertThat(all(Send.class)).isEmpty();
    }

    @Test
    void theFirstRegisterNamesTheVotersThatAreThere() {
        for (String node : NODES) {
            heard(node, Occupation.IDLE, 0, 0);
        }
        step(now -> new ElectorEvent.RegisterRead(Optional.empty(), false, now));

        TermRegister first = only(CreateRegister.class).first();
        assertThat(first.voters()).hasSize(3);
        assertThat(first.level()).isEqualTo(CommitLevel.LOCAL);
        assertThat(first.state()).isEqualTo(State.RELEASED);
    }

    @Test
    void scenario26_aLogWithoutRegisterIsRefused() {
        heard("a", Occupation.IDLE, 0, 0);
        step(now -> new ElectorEvent.RegisterRead(Optional.empty(), true, now));

        assertThat(all(CreateRegister.class)).isEmpty();
        assertThat(only(Note.class).what()).contains("term.json");
    }

    @Test
    void aPrimaryThatGivesBackWithoutNamingAnyoneIsFollowedByWhoWasWanted() {
        TermRegister current = register(CommitLevel.ON, State.ASSIGNED);
        read(current);
        heard("a", Occupation.SERVING, 5, 5);
        heard("b", Occupation.FOLLOWING, 5, 5);
        heard("c", Occupation.FOLLOWING, 5, 5);
        pass(Duration.ofMillis(150));
        step(now -> new ElectorEvent.SwitchTo("c", now));
        assertThat(only(Send.class)).isEqualTo(new Send("a", new HandOver(5, process("a"), successor("c"))));

        pass(Duration.ofMillis(150));
        heard("a", Occupation.IDLE, 0, 5);
        only(ReadRegister.class);
        read(current.released(TIP, new UUID(0, 12)));
        swapped(only(SwapRegister.class));
        for (String node : NODES) {
            fenced(node, 6);
        }
        step(now -> new ElectorEvent.TipFound(6, TIP, now));
        assertThat(only(SwapRegister.class).next().primary()).isEqualTo("c");
    }

    private static Successor successor(String node) {
        return new Successor(identity(node), process(node));
    }

    @Test
    void aTermThatWasHandedOverIsNoReasonForAnElectionAndEverybodyIsTold() {
        TermRegister current = register(CommitLevel.ON, State.ASSIGNED);
        read(current);
        for (String node : NODES) {
            heard(node, node.equals("a") ? Occupation.SERVING : Occupation.FOLLOWING, 5, 5);
        }
        pass(Duration.ofMillis(150));
        step(now -> new ElectorEvent.SwitchTo("c", now));
        pass(Duration.ofMillis(150));
        heard("a", Occupation.IDLE, 0, 5);
        only(ReadRegister.class);

        TermRegister next = current.handedOver(
                new TermRegister.Claimant("c", identity("c").diskId(), process("c")), TIP, new UUID(0, 12));
        read(next);
        assertThat(all(SwapRegister.class)).isEmpty();
        assertThat(all(Send.class))
                .extracting(Send::message)
                .containsOnly(new Ping(6, true, "c", process("c")))
                .hasSize(NODES.size());
    }

    @Test
    void whileATermIsHandedOverItIsLookedMoreOften() {
        read(register(CommitLevel.ON, State.ASSIGNED));
        for (String node : NODES) {
            heard(node, node.equals("a") ? Occupation.SERVING : Occupation.FOLLOWING, 5, 5);
        }
        assertThat(tickAfter(Duration.ofMillis(200))).contains(wakeIn(Duration.ofMillis(200)));

        step(now -> new ElectorEvent.SwitchTo("c", now));
        assertThat(tickAfter(Duration.ofMillis(200))).contains(wakeIn(Duration.ofMillis(50)));

        pass(Duration.ofMillis(50));
        heard("a", Occupation.IDLE, 0, 5);
        only(ReadRegister.class);
    }

    private ElectorEffect wakeIn(Duration time) {
        return new ElectorEffect.WakeAt(nowNanos + time.toNanos());
    }

    @Test
    void anElectorThatIsNotAppointedDoesNothing() {
        step(now -> new ElectorEvent.Dismissed());

        assertThat(read(register(CommitLevel.ON, State.RELEASED))).isEmpty();
        assertThat(tickAfter(Duration.ofSeconds(9))).isEmpty();
    }
}
