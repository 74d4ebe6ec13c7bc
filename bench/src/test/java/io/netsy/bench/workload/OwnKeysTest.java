package io.netsy.bench.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnKeysTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 10", "3, 10", "4, 12", "7, 7"})
    void everyKeyHasOneOwner(int clients, int keys) {
        Set<Integer> seen = new HashSet<>();
        for (int client = 0; client < clients; client++) {
            OwnKeys own = new OwnKeys(client, clients, keys);
            Set<Integer> mine = new HashSet<>();
            for (int i = 0; i < 1_000; i++) {
                mine.add(own.pick());
            }
            assertThat(seen).doesNotContainAnyElementsOf(mine);
            seen.addAll(mine);
        }

        assertThat(seen).hasSize(keys).allMatch(key -> key >= 0 && key < keys);
    }
}
