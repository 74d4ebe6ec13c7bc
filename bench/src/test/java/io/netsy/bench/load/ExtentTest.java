package io.netsy.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExtentTest {
    @Test
    void aNumberIsOperations() {
        assertThat(Extent.parse("150000")).isEqualTo(new Extent.Operations(150_000));
        assertThat(Extent.parse("150_000")).isEqualTo(new Extent.Operations(150_000));
        assertThat(Extent.parse("0")).isEqualTo(Extent.NONE);
    }

    @ParameterizedTest
    @CsvSource({"20ms, 20", "1.5s, 1500", "2m, 120000", "1h, 3600000", "10S, 10000"})
    void aNumberWithAUnitIsATime(String text, long millis) {
        assertThat(Extent.parse(text)).isEqualTo(new Extent.Time(Duration.ofMillis(millis)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ten", "10 s", "-1", "1d", "s"})
    void theRestIsRefused(String text) {
        assertThatThrownBy(() -> Extent.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
