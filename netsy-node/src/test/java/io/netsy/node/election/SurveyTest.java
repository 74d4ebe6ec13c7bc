package io.netsy.node.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.node.election.Survey.Seen;
import io.netsy.replication.core.ElectorMessage.Health;
import io.netsy.replication.core.ElectorMessage.Occupation;
import io.netsy.replication.core.ElectorMessage.Tail;
import io.netsy.replication.core.PeerMessage.Identity;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.StandbyRule;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What an operator is told before he gives nodes up. */
class SurveyTest {
    private static final LogPosition TIP = new LogPosition(5, 4700, 1);
    private static final LogPosition TAIL = new LogPosition(5, 4711, 2);
    private static final UUID DISK = new UUID(1, 1);
    private static final UUID PROCESS = new UUID(2, 2);

    private static TermRegister register(CommitLevel level) {
        return new TermRegister(
                9,
                new UUID(0, 9),
                5,
                State.ASSIGNED,
                "b",
                PROCESS,
                "somebody",
                TIP,
                List.of(new Voter("a", DISK), new Voter("b", DISK), new Voter("c", DISK)),
                level,
                StandbyRule.ANYONE,
                Duration.ZERO,
                1,
                null);
    }

    private static Seen there(String node, Occupation occupation, UUID disk, Optional<LogPosition> end) {
        Identity identity = new Identity(new UUID(7, 7), node, disk);
        return new Seen(
                node,
                Optional.of(new Health(
                        identity, PROCESS, 5, occupation, occupation == Occupation.IDLE ? 0 : 5, Duration.ZERO)),
                Optional.of(new Tail(identity, 5, TIP, end)));
    }

    private static Seen gone(String node) {
        return new Seen(node, Optional.empty(), Optional.empty());
    }

    private static Survey survey(CommitLevel level, Seen... nodes) {
        return new Survey(register(level), TIP, List.of(nodes));
    }

    @Test
    void itSaysWhatIsThereAndWhatMayBeLost() {
        Survey survey =
                survey(CommitLevel.QUORUM, there("a", Occupation.IDLE, DISK, Optional.of(TAIL)), gone("b"), gone("c"));

        assertThat(survey.end()).isEqualTo(TAIL);
        assertThat(survey.refusal("a")).isEmpty();
        assertThat(survey.lines())
                .containsExactly(
                        "term register: term 5, assigned, primary 'b'",
                        "in force: quorum, standbys *, voters [a, b, c]",
                        "the log in the bucket ends at index 4700 of term 5",
                        "a: idle, a voter, holds the log up to index 4711 of term 5",
                        "b: does not answer, a voter",
                        "c: does not answer, a voter",
                        "an election needs the promise of 'b', or 2 of [a, c]; there are [a]",
                        "what may be lost: entries above index 4711 of term 5 that were acknowledged by quorum of 'b' and 1 of"
                                + " [c] can't be excluded");
    }

    /** A disk that is no voter's lets nobody be sure, and what it holds is of the one chain all the same. */
    @Test
    void anotherDiskIsNoVoterAndWhatItHoldsIsNotLost() {
        Survey survey = survey(
                CommitLevel.QUORUM,
                there("a", Occupation.IDLE, DISK, Optional.of(TIP)),
                gone("b"),
                there("c", Occupation.IDLE, new UUID(1, 2), Optional.of(TAIL)));

        assertThat(survey.refusal("a")).isEmpty();
        assertThat(survey.end()).isEqualTo(TAIL);
        assertThat(survey.lines())
                .contains(
                        "a: idle, a voter, holds nothing behind the bucket's end",
                        "c: idle, no voter: its disk is another one, holds the log up to index 4711 of term 5");
    }

    @Test
    void whereTheBucketIsCompleteNoEntryIsLost() {
        Survey survey = survey(
                CommitLevel.ON, there("a", Occupation.IDLE, new UUID(1, 2), Optional.of(TAIL)), gone("b"), gone("c"));

        assertThat(survey.end()).isEqualTo(TIP);
        assertThat(survey.refusal("a")).isEmpty();
        assertThat(survey.lines().getLast())
                .isEqualTo(
                        "what may be lost: no acknowledged entry: at level on all of them are in the bucket, which ends"
                                + " at index 4700 of term 5; but nobody can say that 'b' answers no more reads, so it must have been"
                                + " stopped");
    }

    @Test
    void nothingIsForcedThatNeedsNoForce() {
        Seen idle = there("a", Occupation.IDLE, DISK, Optional.of(TAIL));
        Seen other = there("c", Occupation.IDLE, DISK, Optional.of(TAIL));

        assertThat(survey(CommitLevel.QUORUM, idle, gone("b"), other).refusal("a"))
                .hasValueSatisfying(reason -> assertThat(reason).contains("enough voters are there"));
        assertThat(survey(CommitLevel.ON, idle, gone("b"), gone("c")).refusal("a"))
                .hasValueSatisfying(reason -> assertThat(reason).contains("enough voters are there"));
        assertThat(survey(
                                CommitLevel.QUORUM,
                                there("a", Occupation.FOLLOWING, DISK, Optional.of(TAIL)),
                                gone("b"),
                                gone("c"))
                        .refusal("a"))
                .contains("'a' is following in term 5: there is a primary");
        assertThat(survey(CommitLevel.QUORUM, idle, gone("b"), gone("c")).refusal("c"))
                .contains("'c' does not answer; it must be there to be primary");
        Seen silent = new Seen("a", idle.health(), Optional.empty());
        assertThat(survey(CommitLevel.QUORUM, silent, gone("b"), gone("c")).refusal("a"))
                .contains("'a' does not say what it holds; ask again");
    }
}
