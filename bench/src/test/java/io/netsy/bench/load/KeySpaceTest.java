package io.netsy.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

class KeySpaceTest {
    private final KeySpace keys = new KeySpace("/b/x/", 16);

    @Test
    void keysHaveOneLengthAndStandInTheOrderOfTheirNumbers() {
        assertThat(keys.key(0).toStringUtf8()).isEqualTo("/b/x/00000000000");
        assertThat(keys.key(1_234).toStringUtf8()).isEqualTo("/b/x/00000001234");
        assertThat(ByteString.unsignedLexicographicalComparator().compare(keys.key(9), keys.key(10)))
                .isNegative();
    }

    @Test
    void theRangeHoldsTheKeysAndNoOthers() {
        assertThat(keys.start().toStringUtf8()).isEqualTo("/b/x/");
        assertThat(keys.end().toStringUtf8()).isEqualTo("/b/x0");
    }

    @Test
    void numbersAreFoundAgain() {
        assertThat(keys.numberOf(keys.key(98_765))).isEqualTo(98_765);
        assertThatThrownBy(() -> keys.numberOf(ByteString.copyFromUtf8("/b/y/00000000000")))
                .hasMessageContaining("/b/y/");
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThat(keys.key(99_999_999_999L).size()).isEqualTo(16);
        assertThatThrownBy(() -> keys.key(100_000_000_000L)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KeySpace("/a/long/prefix/", 20)).hasMessageContaining("longer keys");
    }
}
