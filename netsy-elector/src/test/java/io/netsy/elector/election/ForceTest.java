package io.netsy.elector.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.elector.election.ElectorEffect.FindTip;
import io.netsy.elector.election.ElectorEffect.ForceDone;
import io.netsy.elector.election.ElectorEffect.ForceRefused;
import io.netsy.elector.election.ElectorEffect.SwapRegister;
import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.RegisterStorage.SwapResult;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.Forced;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.replication.core.ElectorMessage.Fenced;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** An election by an operator's word, at {@code quorum}, where of three voters {@code b} alone is there. */
class ForceTest {
    private static final LogPosition TIP = new LogPosition(5, 10, 1);
    private static final LogPosition TAIL = new LogPosition(5, 20, 2);
    private static final LogPosition LESS = new LogPosition(5, 19, 4);
    private static final UUID SHOWN = new UUID(0, 9);

    private final AtomicLong ids = new AtomicLong(100);
    private final List<ElectorEffect> effects = new ArrayList<>();
    private final ElectorCore elector = new ElectorCore(
            new ElectorSettings(
                    "command",
                    List.of("a", "b", "c"),
                    List.of("a"),
                    Duration.ZERO,
                    Duration.ofMillis(200),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    Duration.ofMillis(100)),
            () -> new UUID(0, ids.incrementAndGet()));
    private long nowNanos;

    private static UUID disk(String node) {
        return new UUID(1, node.charAt(0));
    }

    private static Identity identity(String node) {
        return new Identity(new UUID(7, 7), node, disk(node));
    }

    private static UUID process(String node) {
        return new UUID(2, node.charAt(0));
    }

    private static TermRegister register(UUID nonce) {
        return new TermRegister(
                9,
                nonce,
                5,
                State.ASSIGNED,
                "a",
                process("a"),
                "somebody",
                TIP,
                List.of(new Voter("a", disk("a")), new Voter("b", disk("b")), new Voter("c", disk("c"))),
                CommitLevel.QUORUM,
                StandbyRule.ANYONE,
                Duration.ZERO,
                1,
                null);
    }

    private void step(Function<Moment, ElectorEvent> event) {
        effects.addAll(elector.step(event.apply(new Moment(nowNanos, 0))));
    }

    private <T extends ElectorEffect> List<T> all(Class<T> kind) {
        return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private void heard(String node, Occupation occupation, Duration silence) {
        step(now -> new ElectorEvent.Heard(new Health(identity(node), process(node), 5, occupation, 5, silence), now));
    }

    private void read(UUID nonce) {
        step(now -> new ElectorEvent.RegisterRead(Optional.of(new Stored(register(nonce), 9L)), true, now));
    }

    /** Says the word, and has the register read with this nonce once b was heard. */
    private void begin(LogPosition lossAfter, UUID nonce) {
        step(now -> new ElectorEvent.Force(new Waiver(SHOWN, "b", Set.of("b"), lossAfter, "somebody", Instant.EPOCH)));
        step(ElectorEvent.Appointed::new);
        read(nonce);
        nowNanos += Duration.ofSeconds(2).toNanos();
    }

    /** The election, up to what b says that it holds. */
    private void hold(LogPosition lossAfter) {
        begin(lossAfter, SHOWN);
        heard("b", Occupation.IDLE, Duration.ZERO);
        read(SHOWN);
        stands(all(SwapRegister.class).getFirst());
        step(now -> new ElectorEvent.Heard(new Fenced(identity("b"), process("b"), 6, TAIL), now));
        assertThat(all(FindTip.class)).hasSize(1);
        step(now -> new ElectorEvent.TipFound(6, TIP, now));
        step(now -> new ElectorEvent.Heard(new Tail(identity("b"), 6, TIP, Optional.of(TAIL)), now));
    }

    private void stands(SwapRegister swap) {
        step(now -> new ElectorEvent.RegisterSwapped(new SwapResult.Swapped(new Stored(swap.next(), 10L)), now));
    }

    /** Who may not lead by configuration may by force. */
    @Test
    void theWordTakesTheFencesPlaceAndIsKept() {
        hold(TAIL);

        SwapRegister assigns = all(SwapRegister.class).getLast();
        assertThat(assigns.next().state()).isEqualTo(State.ASSIGNED);
        assertThat(assigns.next().primary()).isEqualTo("b");
        assertThat(assigns.next().requiredTip()).isEqualTo(TAIL);
        assertThat(assigns.next().forced())
                .isEqualTo(new Forced(6, TAIL, "somebody", Instant.EPOCH, List.of("a", "c")));
        stands(assigns);
        assertThat(all(ForceDone.class)).extracting(ForceDone::register).containsExactly(assigns.next());
    }

    @Test
    void whoAcceptsAnotherLossThanThereIsMakesNobodyPrimary() {
        hold(LESS);
        step(now -> new ElectorEvent.Heard(new Tail(identity("b"), 6, TIP, Optional.of(LESS)), now));

        assertThat(all(SwapRegister.class)).hasSize(1);
        assertThat(all(ForceRefused.class))
                .extracting(ForceRefused::reason)
                .containsExactly("acknowledged entries may be lost after index 20, and not after 19");
    }

    @Test
    void theWordIsForTheRegisterThatWasShown() {
        begin(TAIL, new UUID(0, 10));
        heard("b", Occupation.IDLE, Duration.ZERO);

        assertThat(all(SwapRegister.class)).isEmpty();
        assertThat(all(ForceRefused.class))
                .hasSize(1)
                .first()
                .satisfies(refused -> assertThat(refused.reason()).contains("has changed"));
    }

    @Test
    void nothingIsForcedWhereEnoughAreThere() {
        begin(TAIL, SHOWN);
        heard("c", Occupation.IDLE, Duration.ZERO);
        heard("b", Occupation.IDLE, Duration.ZERO);

        assertThat(all(SwapRegister.class)).isEmpty();
        assertThat(all(ForceRefused.class))
                .hasSize(1)
                .first()
                .satisfies(refused -> assertThat(refused.reason()).contains("enough voters are there"));
    }

    @Test
    void aPrimaryThatIsFollowedIsNotForcedOut() {
        begin(TAIL, SHOWN);
        heard("b", Occupation.FOLLOWING, Duration.ZERO);

        assertThat(all(SwapRegister.class)).isEmpty();
        assertThat(all(ForceRefused.class))
                .hasSize(1)
                .first()
                .satisfies(refused -> assertThat(refused.reason()).contains("is followed by [b]"));
    }

    @Test
    void thoseWhoWereThereAreWaitedFor() {
        begin(TAIL, SHOWN);
        heard("c", Occupation.IDLE, Duration.ZERO);

        assertThat(all(SwapRegister.class)).isEmpty();
        assertThat(all(ForceRefused.class)).isEmpty();
    }

    @Test
    void whatMayBeLostIsNamed() {
        TermRegister register = register(SHOWN);
        List<Voter> present = List.of(new Voter("b", disk("b")));

        assertThat(PossibleLoss.describe(register, present, TAIL))
                .isEqualTo(
                        "entries above index 20 of term 5 that were acknowledged by quorum of 'a' and 1 of [c] can't be"
                                + " excluded");
        assertThat(PossibleLoss.isNeeded(register, present, TAIL)).isTrue();
        TermRegister complete =
                register.withRule(CommitLevel.ON, StandbyRule.ANYONE, register.voters(), new UUID(0, 11));
        assertThat(PossibleLoss.describe(complete, List.of(), TAIL))
                .startsWith("no acknowledged entry: at level on all of them are in the bucket, which ends at index 20")
                .contains("nobody can say that 'a' answers no more reads");
    }

    /** a was named to go on from what nobody has any more, and never began: there is nothing behind that. */
    @Test
    void whatWasRequiredAndIsGoneIsNamedToo() {
        TermRegister register = register(SHOWN);
        List<Voter> present = List.of(new Voter("a", disk("a")), new Voter("b", disk("b")));
        LogPosition before = new LogPosition(5, 4, 5);

        assertThat(PossibleLoss.isNeeded(register, present, before)).isTrue();
        assertThat(PossibleLoss.describe(register, present, before))
                .isEqualTo(
                        "entries above index 4 of term 5, up to index 10, that were part of the log when 'a' was named to"
                                + " go on from there");
        assertThat(PossibleLoss.isNeeded(register, present, TIP)).isFalse();
        assertThat(PossibleLoss.isNeeded(register, present, new LogPosition(6, 4, 5)))
                .isFalse();
    }
}
