package io.netsy.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reader of the page is itself strict: it refuses each kind of broken page. */
class ExpositionTest {
    private static final String GOOD = """
            # HELP a_total Something.
            # TYPE a_total counter
            a_total{k="v",l="w"} 1
            a_total{k="v",l="x"} 2.5E-4
            # HELP h Times.
            # TYPE h histogram
            h_bucket{le="0.1"} 1
            h_bucket{le="+Inf"} 3
            h_sum 7
            h_count 3
            """;

    @Test
    void readsWhatIsRight() {
        Exposition page = Exposition.parse(GOOD);

        assertThat(page.value("a_total", "k", "v", "l", "x")).isEqualTo(2.5E-4);
        assertThat(page.value("h_bucket", "le", "+Inf")).isEqualTo(3);
        assertThat(page.family("a_total").labelNames()).containsExactlyInAnyOrder("k", "l");
        assertThat(page.family("h").labelNames()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # TYPE h histogram         | # TYPE h nothing          | an unknown type
            # HELP h Times.            | # HELP g Times.           | TYPE without its HELP
            h_count 3                  | h_count 4                 | a count that is not
            h_bucket{le="+Inf"} 3      | h_bucket{le="9"} 3        | without its last bucket
            h_bucket{le="0.1"} 1       | h_bucket{le="0.1"} 5      | do not ascend
            h_sum 7                    | h_max 7                   | a sample of another metric
            a_total{k="v",l="w"} 1     | a_total{k="v",l="x"} 1    | a series that was there before
            a_total{k="v",l="w"} 1     | a_total{k="v",k="w"} 1    | a label that was there before
            a_total{k="v",l="w"} 1     | a_total{k="v",l="w"} -1   | a negative counter
            a_total{k="v",l="w"} 1     | a_total{k=v} 1            | labels that are none
            # HELP h Times.            | # HELP a_total Again.     | TYPE without its HELP
            """)
    void refusesWhatIsWrong(String right, String wrong, String complaint) {
        assertThat(GOOD).contains(right);

        assertThatThrownBy(() -> Exposition.parse(GOOD.replace(right, wrong))).hasMessageContaining(complaint);
    }

    @Test
    void refusesAMetricThatComesTwice() {
        assertThatThrownBy(() -> Exposition.parse(GOOD + GOOD)).hasMessageContaining("a metric that was there before");
    }
}
