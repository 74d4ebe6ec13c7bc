package io.netsy.elector.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.elector.term.TermRegister;
import io.netsy.elector.term.TermRegister.State;
import io.netsy.elector.term.TermRegister.Voter;
import io.netsy.replication.model.CommitLevel;
import io.netsy.replication.model.LogPosition;
import io.netsy.replication.model.StandbyRule;
import io.netsy.replication.model.StandbyRule.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FenceRuleTest {
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e");

    private static Voter voter(String name) {
        return new Voter(name, new UUID(0, name.charAt(0)));
    }

    private static TermRegister register(CommitLevel level, StandbyRule rule, String primary, List<String> voters) {
        return new TermRegister(
                1,
                new UUID(0, 1),
                1,
                State.ELECTING,
                primary,
                new UUID(0, 2),
                "elector",
                LogPosition.START,
                voters.stream().map(FenceRuleTest::voter).toList(),
                level,
                rule,
                Duration.ZERO,
                1,
                null);
    }

    private static List<Set<String>> subsets(List<String> of) {
        List<Set<String>> subsets = new ArrayList<>();
        for (int bits = 0; bits < 1 << of.size(); bits++) {
            Set<String> subset = new HashSet<>();
            for (int i = 0; i < of.size(); i++) {
                if ((bits >> i & 1) == 1) {
                    subset.add(of.get(i));
                }
            }
            subsets.add(subset);
        }
        return subsets;
    }

    /** Every set of standbys that may have vouched, as plainly as it can be said: n of the named voters, the primary not among them. */
    private static List<Set<String>> vouching(TermRegister register) {
        Set<String> voters = new HashSet<>();
        register.voters().forEach(voter -> voters.add(voter.nodeId()));
        List<String> named = register.standbys().names();
        return subsets(NAMES).stream()
                .filter(set -> set.size() == register.standbys().count())
                .filter(voters::containsAll)
                .filter(set -> named.isEmpty() || named.containsAll(set))
                .filter(set -> !set.contains(register.primary()))
                .toList();
    }

    @Test
    void atQuorumItMeetsEverySetThatMayHaveVouchedAndAsksForNoMoreThanThat() {
        Random random = new Random(7);
        for (int round = 0; round < 4_000; round++) {
            TermRegister register = randomRegister(random);
            List<Set<String>> vouching = vouching(register);
            for (Set<String> fenced : subsets(NAMES)) {
                boolean met = FenceRule.isMet(
                        register, fenced.stream().map(FenceRuleTest::voter).toList());
                Set<String> counted = new HashSet<>(fenced);
                counted.removeIf(name -> !register.voters().contains(voter(name)));
                boolean meetsAll = counted.contains(register.primary())
                        || vouching.stream().allMatch(set -> !Collections.disjoint(set, counted));
                if (met) {
                    assertThat(meetsAll).as("%s fenced at %s", fenced, register).isTrue();
                    assertThat(counted).isNotEmpty();
                } else if (!vouching.isEmpty()) {
                    assertThat(meetsAll).as("%s fenced at %s", fenced, register).isFalse();
                }
            }
        }
    }

    private static TermRegister randomRegister(Random random) {
        List<String> names = new ArrayList<>(NAMES);
        Collections.shuffle(names, random);
        List<String> voters = names.subList(0, random.nextInt(1, NAMES.size() + 1));
        Collections.shuffle(names, random);
        List<String> named = random.nextInt(3) == 0 ? List.of() : names.subList(0, random.nextInt(1, 6));
        int count = random.nextInt(1, (named.isEmpty() ? 4 : named.size()) + 1);
        Choice choice = random.nextBoolean() ? Choice.ANY : Choice.FIRST;
        String primary = NAMES.get(random.nextInt(NAMES.size()));
        return register(CommitLevel.QUORUM, new StandbyRule(choice, count, named), primary, List.copyOf(voters));
    }

    @Test
    void scenario19_firstIsFencedAsAny() {
        TermRegister register = register(CommitLevel.QUORUM, StandbyRule.parse("FIRST 1 (b, c)"), "a", NAMES);

        assertThat(FenceRule.isMet(register, List.of(voter("b")))).isFalse();
        assertThat(FenceRule.isMet(register, List.of(voter("b"), voter("c")))).isTrue();
        assertThat(FenceRule.isMet(register, List.of(voter("a")))).isTrue();
    }

    @Test
    void scenario06_anotherDiskIsNobody() {
        TermRegister register = register(CommitLevel.QUORUM, StandbyRule.ANYONE, "a", List.of("a", "b", "c"));

        assertThat(FenceRule.isMet(register, List.of(voter("b"), new Voter("c", new UUID(9, 9)))))
                .isFalse();
        assertThat(FenceRule.isMet(register, List.of(voter("b"), voter("c")))).isTrue();
    }

    @Test
    void whereTheBucketIsCompleteOneVoterIsEnoughAndNoneWhereThereIsOnlyOne() {
        for (CommitLevel level : CommitLevel.values()) {
            if (level.isCompleteInBucket()) {
                TermRegister three = register(level, StandbyRule.ANYONE, "a", List.of("a", "b", "c"));
                assertThat(FenceRule.isMet(three, List.of())).isFalse();
                assertThat(FenceRule.isMet(three, List.of(voter("d")))).isFalse();
                assertThat(FenceRule.isMet(three, List.of(voter("c")))).isTrue();
                assertThat(FenceRule.isMet(register(level, StandbyRule.ANYONE, "a", List.of("a")), List.of()))
                        .isTrue();
            }
        }
        assertThat(FenceRule.isMet(register(CommitLevel.QUORUM, StandbyRule.ANYONE, "a", List.of("a")), List.of()))
                .isFalse();
    }
}
