package io.netsy.bench.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MixTest {
    @Test
    void kindsComeInProportionToTheirWeights() {
        Mix mix = Mix.parse("update=60,create=10,get=30,list=0");
        SplittableRandom random = new SplittableRandom(3);
        Map<Mix.Kind, Integer> picked = new EnumMap<>(Mix.Kind.class);
        for (int i = 0; i < 100_000; i++) {
            picked.merge(mix.pick(random), 1, Integer::sum);
        }

        assertThat(picked).containsOnlyKeys(Mix.Kind.UPDATE, Mix.Kind.CREATE, Mix.Kind.GET);
        assertThat(picked.get(Mix.Kind.UPDATE)).isCloseTo(60_000, withPercentage(3));
        assertThat(picked.get(Mix.Kind.CREATE)).isCloseTo(10_000, withPercentage(5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "update", "update=x", "watch=5", "update=0"})
    void theRestIsRefused(String text) {
        assertThatThrownBy(() -> Mix.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
