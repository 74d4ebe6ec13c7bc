package io.netsy.etcd.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RangeTreeTest {
    /** Every operation, against a list that is searched from end to end. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void findsWhatAListFinds(long seed) {
        Random random = new Random(seed);
        RangeTree<String> tree = new RangeTree<>();
        List<KeyRange> ranges = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            if (random.nextInt(5) < 3 || ranges.isEmpty()) {
                KeyRange range = randomRange(random);
                assertThat(tree.get(range)).isEqualTo(ranges.contains(range) ? range.toString() : null);
                assertThat(tree.computeIfAbsent(range, KeyRange::toString)).isEqualTo(range.toString());
                if (!ranges.contains(range)) {
                    ranges.add(range);
                }
            } else {
                tree.remove(ranges.remove(random.nextInt(ranges.size())));
            }
            Bytes key = randomKey(random);
            List<String> found = new ArrayList<>();
            tree.visitHolding(key, found::add);
            assertThat(found)
                    .containsExactlyInAnyOrderElementsOf(ranges.stream()
                            .filter(range -> range.contains(key))
                            .map(KeyRange::toString)
                            .toList());
        }
        Set<String> all = new TreeSet<>();
        tree.visitAll(all::add);
        assertThat(all)
                .containsExactlyInAnyOrderElementsOf(
                        ranges.stream().map(KeyRange::toString).toList());
        ranges.forEach(tree::remove);
        tree.visitAll(value -> {
            throw new AssertionError(value + " was not removed");
        });
    }

    private static KeyRange randomRange(Random random) {
        Bytes start = randomKey(random);
        Bytes end = randomKey(random);
        if (random.nextInt(10) == 0) {
            return new KeyRange(start, null);
        }
        return start.compareTo(end) < 0 ? new KeyRange(start, end) : new KeyRange(end, start.successor());
    }

    private static Bytes randomKey(Random random) {
        byte[] key = new byte[1 + random.nextInt(2)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(12) * 23);
        }
        return Bytes.wrap(key);
    }
}
