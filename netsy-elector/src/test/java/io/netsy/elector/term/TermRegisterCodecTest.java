package io.netsy.elector.term;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netsy.elector.term.TermRegister.Assignment;
import io.netsy.elector.term.TermRegister.Claimant;
import io.netsy.elector.term.TermRegister.Forced;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.StandbyRule;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TermRegisterCodecTest {
    private static final Claimant NODE = new Claimant("node-a", new UUID(1, 2), new UUID(3, 4));

    private static final TermRegister ELECTING = new TermRegister(
            41,
            new UUID(5, 6),
            7,
            State.ELECTING,
            "node-b",
            new UUID(7, 8),
            "node-b",
            null,
            List.of(new Voter("node-b", new UUID(9, 10))),
            CommitLevel.LOCAL,
            StandbyRule.ANYONE,
            Duration.ofMillis(2500),
            101,
            null);

    @Test
    void everyStateComesBackAsItWas() throws RegisterException {
        TermRegister claimed = ELECTING.claimedBy(NODE, new UUID(11, 12));
        TermRegister assigned = claimed.assigned(
                new Assignment(
                        new LogPosition(7, 200, -1),
                        List.of(NODE.asVoter()),
                        CommitLevel.LOCAL,
                        StandbyRule.ANYONE,
                        Duration.ZERO),
                new UUID(13, 14));
        TermRegister released = assigned.released(new LogPosition(8, 300, 5), new UUID(15, 16));
        for (TermRegister register : List.of(ELECTING, claimed, assigned, released)) {
            assertThat(TermRegisterCodec.decode(TermRegisterCodec.encode(register)))
                    .isEqualTo(register);
        }
    }

    /** Whoever does not know of force must not go on from a register that says so, and give its revisions out again. */
    @Test
    void aForcedTermStaysInTheRegisterAndOnlyThenIsItsFormatANewOne() throws RegisterException {
        Forced word = new Forced(
                8, new LogPosition(7, 200, -1), "somebody", Instant.ofEpochSecond(1_700_000_000), List.of("node-c"));
        TermRegister forced = ELECTING.withForced(word);
        TermRegister later = forced.claimedBy(NODE, new UUID(11, 12))
                .electing("elector", 9, new UUID(13, 14))
                .withLogFloor(102, new UUID(15, 16))
                .withRule(CommitLevel.ON, StandbyRule.ANYONE, List.of(NODE.asVoter()), new UUID(17, 18))
                .released(new LogPosition(9, 300, 5), new UUID(19, 20));

        assertThat(later.forced()).isEqualTo(word);
        assertThat(TermRegisterCodec.decode(TermRegisterCodec.encode(later))).isEqualTo(later);
        assertThat(new String(TermRegisterCodec.encode(later), StandardCharsets.UTF_8))
                .contains("\"format\":2");
        assertThat(new String(TermRegisterCodec.encode(ELECTING), StandardCharsets.UTF_8))
                .contains("\"format\":1")
                .doesNotContain("forced");
    }

    @Test
    void aTermIsHandedOverToAVoterAsTheNextOneByTheRuleAsItStands() {
        LogPosition tip = new LogPosition(8, 300, 5);
        Claimant voter = new Claimant(
                ELECTING.voters().getFirst().nodeId(),
                ELECTING.voters().getFirst().diskId(),
                new UUID(17, 18));
        TermRegister next = ELECTING.handedOver(voter, tip, new UUID(15, 16));

        assertThat(next)
                .usingRecursiveComparison()
                .ignoringFields("version", "nonce", "term", "state", "primary", "process", "requiredTip")
                .isEqualTo(ELECTING);
        assertThat(next.version()).isEqualTo(ELECTING.version() + 1);
        assertThat(next.term()).isEqualTo(ELECTING.term() + 1);
        assertThat(next.state()).isEqualTo(State.ASSIGNED);
        assertThat(next.isHeldBy(ELECTING.term() + 1, voter.process())).isTrue();
        assertThat(next.primary()).isEqualTo(voter.nodeId());
        assertThat(next.requiredTip()).isEqualTo(tip);
        assertThatThrownBy(() -> ELECTING.handedOver(
                        new Claimant(voter.nodeId(), new UUID(99, 99), voter.process()), tip, new UUID(15, 16)))
                .hasMessageContaining("no voter");
    }

    @Test
    void aClaimRaisesVersionAndTermAndCopiesRuleVotersAndLease() {
        TermRegister claimed = ELECTING.claimedBy(NODE, new UUID(11, 12));

        assertThat(claimed.version()).isEqualTo(42);
        assertThat(claimed.term()).isEqualTo(8);
        assertThat(claimed.state()).isEqualTo(State.ELECTING);
        assertThat(claimed.isHeldBy(8, NODE.process())).isTrue();
        assertThat(claimed.voters()).isEqualTo(ELECTING.voters());
        assertThat(claimed.lease()).isEqualTo(ELECTING.lease());
        assertThat(claimed.logFloor()).isEqualTo(101);
    }

    @Test
    void scenario13_noTwoWritesAreByteEqualEvenWhenTheySayTheSame() {
        TermRegister once = ELECTING.withLogFloor(101, new UUID(11, 12));
        TermRegister twice = once.withLogFloor(101, new UUID(13, 14));

        assertThat(TermRegisterCodec.encode(twice)).isNotEqualTo(TermRegisterCodec.encode(once));
    }

    @Test
    void damageAndNewerFormatsAreNamed() {
        assertThatThrownBy(() -> TermRegisterCodec.decode("{}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(RegisterException.class)
                .hasMessageContaining("is damaged");
        assertThatThrownBy(() -> TermRegisterCodec.decode("garbage".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(RegisterException.class)
                .hasMessageContaining("is damaged");
        String newer = new String(TermRegisterCodec.encode(ELECTING), StandardCharsets.UTF_8)
                .replace("\"format\":1", "\"format\":3");
        assertThatThrownBy(() -> TermRegisterCodec.decode(newer.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(RegisterException.class)
                .hasMessageContaining("newer netsy");
    }
}
