package io.netsy.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void keysOfAnotherNumberOrSizeAreOtherKeys() {
        Shape shape = new Shape("/b", 32, 1_000_000, 1024);

        assertThat(shape.shared("g").key(7).toStringUtf8()).isEqualTo("/b/g1000000x1024/000000000000007");
        assertThat(shape.withKeys(500).shared("g").start())
                .isNotEqualTo(shape.shared("g").start());
        assertThat(shape.withValueBytes(10).shared("g").start())
                .isNotEqualTo(shape.shared("g").start());
    }
}
