package io.netsy.replication.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netsy.replication.model.StandbyRule.Choice;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StandbyRuleTest {
    private static final Set<String> NODES = Set.of("a", "b", "c", "d");

    @Test
    void aRuleReadsBackAsItIsWritten() {
        for (String text : List.of("*", "ANY 1 (b, c)", "FIRST 2 (a, b, c)", "ANY 2 (*)")) {
            assertThat(StandbyRule.parse(text)).hasToString(text);
        }
        assertThat(StandbyRule.parse(" any 1(b,c) ")).isEqualTo(new StandbyRule(Choice.ANY, 1, List.of("b", "c")));
    }

    @Test
    void whatIsNoRuleIsRefusedByName() {
        for (String text :
                List.of("", "ANY (b)", "ANY 0 (b)", "ANY 2 (b)", "ANY 1 (b, b)", "ANY 1 (b,)", "SOME 1 (b)")) {
            assertThatIllegalArgumentException().isThrownBy(() -> StandbyRule.parse(text));
        }
    }

    @Test
    void scenario19_thePrimaryNeverCountsAndTooManyAreRefused() {
        assertThat(StandbyRule.parse("ANY 1 (a, b)").listFor("a", NODES)).containsExactly("b");
        assertThat(StandbyRule.ANYONE.listFor("b", NODES)).containsExactly("a", "c", "d");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StandbyRule.parse("ANY 2 (a, b)").validate("a", NODES))
                .withMessageContaining("only 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StandbyRule.parse("ANY 1 (z)").validate("a", NODES))
                .withMessageContaining("'z'");
    }

    @Test
    void vouchesForWhatADumbCountSays() {
        Random random = new Random(1);
        for (int round = 0; round < 10_000; round++) {
            List<String> list = List.of("b", "c", "d");
            Map<String, Long> said =
                    Map.of("b", (long) random.nextInt(-1, 4), "c", (long) random.nextInt(-1, 4), "d", (long)
                            random.nextInt(-1, 4));
            StandbyRule any = new StandbyRule(Choice.ANY, random.nextInt(1, 4), list);
            StandbyRule first = new StandbyRule(Choice.FIRST, any.count(), list);

            assertThat(any.vouchedFor(list, said::get)).isEqualTo(dumbAny(said, any.count()));
            List<Long> chosen = list.stream()
                    .map(said::get)
                    .filter(index -> index >= 0)
                    .limit(first.count())
                    .toList();
            assertThat(first.vouchedFor(list, said::get))
                    .isEqualTo(
                            chosen.size() < first.count()
                                    ? -1
                                    : chosen.stream()
                                            .mapToLong(Long::longValue)
                                            .min()
                                            .orElseThrow());
        }
    }

    private static long dumbAny(Map<String, Long> said, int count) {
        return LongStream.rangeClosed(0, 3)
                .filter(index ->
                        said.values().stream().filter(up -> up >= index).count() >= count)
                .max()
                .orElse(-1);
    }
}
