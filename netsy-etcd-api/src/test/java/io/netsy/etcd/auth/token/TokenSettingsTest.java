package io.netsy.etcd.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenSettingsTest {
    private static TokenSettings parse(String text) {
        return TokenSettings.parse(text, Duration.ofSeconds(9));
    }

    @Test
    void bothKindsAreRead() {
        assertThat(parse("simple")).isEqualTo(new TokenSettings.Simple(Duration.ofSeconds(9)));
        assertThat(parse("jwt,pub-key=/a,priv-key=/b,sign-method=RS256,ttl=10m"))
                .isEqualTo(new TokenSettings.Jwt(
                        JwtAlgorithm.RS256, Path.of("/a"), Path.of("/b"), Duration.ofMinutes(10)));
        assertThat(parse("jwt,sign-method=EdDSA,pub-key=/a"))
                .isEqualTo(new TokenSettings.Jwt(JwtAlgorithm.ED_DSA, Path.of("/a"), null, Duration.ofMinutes(5)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nothing",
                "simple,ttl=5m",
                "jwt",
                "jwt,sign-method=RS256",
                "jwt,sign-method=none,priv-key=/k",
                "jwt,sign-method=ED_DSA,priv-key=/k",
                "jwt,sign-method=HS256,pub-key=/k",
                "jwt,sign-method=RS256,priv-key=/k,ttl=soon",
                "jwt,sign-method=RS256,priv-key=/k,ttl=0s",
                "jwt,sign-method=RS256,priv-key=/k,colour=red",
                "jwt,sign-method=RS256,priv-key=/k,priv-key=/k"
            })
    void whatMakesNoSenseIsRefused(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"10m,600000", "1h30m,5400000", "1.5s,1500", "250ms,250", "2h45m30.5s,9930500"})
    void durationsAreThoseOfGo(String text, long millis) {
        assertThat(GoDuration.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "m", "10m ", "-1s", "1d"})
    void otherDurationsAreRefused(String text) {
        assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
