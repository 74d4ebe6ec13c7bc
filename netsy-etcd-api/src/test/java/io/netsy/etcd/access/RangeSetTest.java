package io.netsy.etcd.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangeSetTest {
    private static final int KEYS = 12;

    private static Bytes key(int number) {
        return Bytes.wrap(new byte[] {(byte) ('a' + number)});
    }

    /** From each key to another, or on from it. */
    private static KeyRange random(Random random) {
        int from = random.nextInt(KEYS);
        int to = from + 1 + random.nextInt(4);
        return new KeyRange(key(from), to > KEYS || random.nextInt(12) == 0 ? null : key(to));
    }

    /** The dumb rule: each of the few keys there are is in one of the ranges, and so is what lies beyond the last. */
    private static boolean covered(List<KeyRange> ranges, KeyRange asked) {
        for (int i = 0; i <= KEYS; i++) {
            Bytes key = i == KEYS ? Bytes.utf8("~") : key(i);
            if (asked.contains(key) && ranges.stream().noneMatch(range -> range.contains(key))) {
                return false;
            }
        }
        return true;
    }

    @Test
    void aRangeIsCoveredWhenEachOfItsKeysIs() {
        Random random = new Random(5);
        int yes = 0;
        for (int i = 0; i < 20_000; i++) {
            List<KeyRange> ranges = new ArrayList<>();
            for (int n = random.nextInt(6); n > 0; n--) {
                ranges.add(random(random));
            }
            KeyRange asked = random(random);
            boolean expected = covered(ranges, asked);
            assertThat(RangeSet.of(ranges).covers(asked))
                    .as("%s in %s", asked, ranges)
                    .isEqualTo(expected);
            yes += expected ? 1 : 0;
        }
        assertThat(yes).isBetween(2_000, 18_000);
    }

    @Test
    void aKeyAloneIsNotTheKeysThatBeginWithIt() {
        RangeSet set = RangeSet.of(List.of(KeyRange.of(Bytes.utf8("k"), Bytes.EMPTY)));
        assertThat(set.covers(KeyRange.of(Bytes.utf8("k"), Bytes.EMPTY))).isTrue();
        assertThat(set.covers(KeyRange.of(Bytes.utf8("k"), Bytes.utf8("k\0")))).isTrue();
        assertThat(set.covers(KeyRange.of(Bytes.utf8("k"), Bytes.utf8("l")))).isFalse();
        assertThat(set.covers(KeyRange.of(Bytes.utf8("k"), Bytes.utf8("\0")))).isFalse();
        assertThat(set.covers(KeyRange.of(Bytes.utf8("k\0"), Bytes.EMPTY))).isFalse();
    }

    /** As etcd's interval tree has it. */
    @Test
    void aRangeWithoutKeysIsJudgedByWhereItBegins() {
        RangeSet set = RangeSet.of(List.of(KeyRange.of(Bytes.utf8("b"), Bytes.utf8("d"))));
        for (String end : List.of("a", "b", "bb", "c")) {
            assertThat(set.covers(KeyRange.of(Bytes.utf8("c"), Bytes.utf8(end))))
                    .isTrue();
            assertThat(set.covers(KeyRange.of(Bytes.utf8("d"), Bytes.utf8(end))))
                    .isFalse();
        }
    }
}
