package io.netsy.elector.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.elector.role.RoleEffect.EndTerm;
import io.netsy.elector.role.RoleEffect.Follow;
import io.netsy.elector.role.RoleEffect.Lead;
import io.netsy.elector.role.RoleEffect.PassFence;
import io.netsy.elector.role.RoleEffect.ReadRegister;
import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.replication.core.ElectorMessage.HandOver;
import io.netsy.replication.core.ElectorMessage.Ping;
import io.netsy.replication.core.ElectorMessage.Successor;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.Moment;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RoleCoreTest {
    private static final UUID ME = new UUID(1, 1);
    private static final UUID OTHER = new UUID(2, 2);
    private static final Moment NOW = new Moment(0, 0);

    private final RoleCore role = new RoleCore("a", ME, 3);

    private static TermRegister register(long term, State state, String primary, UUID process) {
        return new TermRegister(
                term,
                new UUID(0, term),
                term,
                state,
                primary,
                process,
                "elector",
                LogPosition.START,
                List.of(),
                CommitLevel.ON,
                StandbyRule.ANYONE,
                Duration.ZERO,
                1,
                null);
    }

    private List<RoleEffect> read(TermRegister register) {
        return role.step(new RoleEvent.RegisterRead(Optional.of(register), NOW));
    }

    private List<RoleEffect> hint(long term, String primary, UUID process) {
        return role.step(new RoleEvent.Hinted(new Ping(term, true, primary, process)));
    }

    @Test
    void aHintMakesNobodyPrimaryTheRegisterDoes() {
        assertThat(hint(4, "a", ME)).containsExactly(new ReadRegister());
        TermRegister mine = register(4, State.ASSIGNED, "a", ME);

        assertThat(read(mine)).containsExactly(new Lead(mine));
        assertThat(role.leading()).isEqualTo(4);
        assertThat(role.promised()).isEqualTo(4);
    }

    @Test
    void noTermIsLedTwiceNorOneOfAnotherProcessNorOneBelowAPromise() {
        assertThat(read(register(4, State.ASSIGNED, "a", OTHER))).isEmpty();
        assertThat(read(register(2, State.ASSIGNED, "a", ME))).isEmpty();
        assertThat(read(register(4, State.ELECTING, "a", ME))).isEmpty();
        TermRegister mine = register(4, State.ASSIGNED, "a", ME);
        assertThat(read(mine)).hasSize(1);
        role.step(new RoleEvent.TermEnded());

        assertThat(read(mine)).isEmpty();
        assertThat(hint(4, "a", ME)).isEmpty();
    }

    @Test
    void whomToFollowMayComeFromAHintThatIsNotOlderThanAPromise() {
        assertThat(hint(2, "b", OTHER)).isEmpty();
        assertThat(hint(4, "b", OTHER)).containsExactly(new Follow("b"));
        assertThat(hint(4, "b", OTHER)).isEmpty();
        assertThat(hint(3, "c", OTHER)).isEmpty();
    }

    @Test
    void aFenceEndsTheTermThatIsLedFirst() {
        read(register(4, State.ASSIGNED, "a", ME));

        List<RoleEffect> effects = role.step(new RoleEvent.FenceAsked(1, 5));

        assertThat(effects).hasSize(2);
        assertThat(effects.getFirst()).isInstanceOf(EndTerm.class);
        assertThat(effects.getLast()).isEqualTo(new PassFence(1, 5));
        assertThat(role.step(new RoleEvent.FenceAsked(2, 4))).isEmpty();
        assertThat(read(register(4, State.ASSIGNED, "a", ME))).isEmpty();
    }

    @Test
    void aLaterTermInTheRegisterEndsTheTermThatIsLed() {
        read(register(4, State.ASSIGNED, "a", ME));

        List<RoleEffect> effects = read(register(6, State.ASSIGNED, "b", OTHER));

        assertThat(effects.getFirst()).isInstanceOf(EndTerm.class);
        assertThat(effects.getLast()).isEqualTo(new Follow("b"));
    }

    @Test
    void aHandOverIsForTheTermAndProcessThatItNames() {
        read(register(4, State.ASSIGNED, "a", ME));
        Successor to = new Successor(new Identity(new UUID(5, 5), "b", new UUID(6, 6)), OTHER);

        assertThat(role.step(new RoleEvent.HandOverAsked(new HandOver(3, ME, to))))
                .isEmpty();
        assertThat(role.step(new RoleEvent.HandOverAsked(new HandOver(4, OTHER, to))))
                .isEmpty();
        assertThat(role.step(new RoleEvent.HandOverAsked(new HandOver(4, ME, to))))
                .containsExactly(new RoleEffect.HandOver(to));
    }

    @Test
    void whoLosesThePrimaryOrTheOwnTermLooksAtOnce() {
        assertThat(role.step(new RoleEvent.StreamLost())).containsExactly(new ReadRegister());
        TermRegister mine = register(4, State.ASSIGNED, "a", ME);
        assertThat(read(mine)).containsExactly(new Lead(mine));
        assertThat(role.step(new RoleEvent.StreamLost())).isEmpty();

        assertThat(role.step(new RoleEvent.TermEnded())).containsExactly(new ReadRegister());
        assertThat(read(register(5, State.ASSIGNED, "b", OTHER))).containsExactly(new Follow("b"));
    }

    @Test
    void aLookThatWasUnderWayWhenTheStreamEndedIsFollowedByAnother() {
        assertThat(role.step(new RoleEvent.Tick(false, NOW))).containsExactly(new ReadRegister());
        assertThat(role.step(new RoleEvent.StreamLost())).isEmpty();

        assertThat(read(register(3, State.ASSIGNED, "b", OTHER))).containsExactly(new Follow("b"), new ReadRegister());
        TermRegister mine = register(4, State.ASSIGNED, "a", ME);
        assertThat(read(mine)).containsExactly(new Lead(mine));
    }

    private boolean looksAfter(Duration pause) {
        Moment later = new Moment(pause.toNanos(), 0);
        boolean looks = role.step(new RoleEvent.Tick(false, later)).contains(new ReadRegister());
        if (looks) {
            read(register(3, State.ASSIGNED, "b", OTHER));
        }
        return looks;
    }

    @Test
    void whoLostThePrimaryLooksAFewMoreTimesSoon() {
        assertThat(role.step(new RoleEvent.StreamLost())).containsExactly(new ReadRegister());
        read(register(3, State.ASSIGNED, "b", OTHER));

        Duration soon = Duration.ofMillis(200);
        assertThat(looksAfter(soon.minusMillis(1))).isFalse();
        for (int i = 0; i < 4; i++) {
            assertThat(looksAfter(soon)).isTrue();
        }
        assertThat(looksAfter(soon)).isFalse();
        assertThat(looksAfter(Duration.ofSeconds(2))).isTrue();
    }

    @Test
    void withoutAPrimaryItLooksForItselfFromTimeToTime() {
        assertThat(role.step(new RoleEvent.Tick(true, NOW))).isEmpty();
        assertThat(role.step(new RoleEvent.Tick(false, NOW))).containsExactly(new ReadRegister());
        assertThat(role.step(new RoleEvent.Tick(false, NOW))).isEmpty();
        role.step(new RoleEvent.RegisterUnreadable(NOW));
        Moment later = new Moment(Duration.ofSeconds(1).toNanos(), 0);

        assertThat(role.step(new RoleEvent.Tick(false, later))).containsExactly(new ReadRegister());
    }
}
