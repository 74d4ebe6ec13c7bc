package io.netsy.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @Test
    void readsWhatEtcdctlReads() {
        assertThat(Endpoint.parse("127.0.0.1:2379")).isEqualTo(new Endpoint("127.0.0.1", 2379, false));
        assertThat(Endpoint.parse("http://a.b:1")).isEqualTo(new Endpoint("a.b", 1, false));
        assertThat(Endpoint.parse(" https://[::1]:65535 ")).isEqualTo(new Endpoint("::1", 65_535, true));
        assertThat(Endpoint.parseAll("a:1,https://b:2"))
                .containsExactly(new Endpoint("a", 1, false), new Endpoint("b", 2, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", ":2379", "a:b", "a:0", "a:65536", "a:1,,b:2"})
    void refusesTheRestByName(String text) {
        assertThatThrownBy(() -> Endpoint.parseAll(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("endpoint");
    }
}
