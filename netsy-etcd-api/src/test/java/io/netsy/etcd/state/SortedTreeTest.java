package io.netsy.etcd.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.RevisionId;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tree against the map of the JDK, with random changes of several shapes. */
class SortedTreeTest {
    private record Item(int key, int weight) {}

    private static final SortedTree.Order<Integer, Item> ORDER = new SortedTree.Order<>() {
        @Override
        public Integer keyOf(Item element) {
            return element.key();
        }

        @Override
        public int compare(Integer left, Integer right) {
            return left.compareTo(right);
        }

        @Override
        public int weightOf(Item element) {
            return element.weight();
        }
    };

    private record Version(SortedTree<Integer, Item> tree, NavigableMap<Integer, Item> expected) {}

    private static void assertSame(SortedTree<Integer, Item> tree, NavigableMap<Integer, Item> expected) {
        List<Item> elements = new ArrayList<>();
        tree.iterator().forEachRemaining(elements::add);
        assertThat(elements).isEqualTo(List.copyOf(expected.values()));
        assertThat(tree.size()).isEqualTo(expected.size());
    }

    private static void assertSameRange(Version version, int start, @Nullable Integer end) {
        List<Item> visited = new ArrayList<>();
        version.tree.visit(start, end, visited::add);
        NavigableMap<Integer, Item> tail = version.expected.tailMap(start, true);
        NavigableMap<Integer, Item> range =
                end == null ? tail : end < start ? new TreeMap<>() : tail.headMap(end, false);
        assertThat(visited).isEqualTo(List.copyOf(range.values()));
        assertThat(version.tree.weightBetween(start, end))
                .isEqualTo(range.values().stream().mapToLong(Item::weight).sum());
        int wanted = range.size() / 2 + 1;
        List<Item> some = new ArrayList<>();
        version.tree.visit(start, end, item -> {
            some.add(item);
            return some.size() < wanted;
        });
        assertThat(some).isEqualTo(range.values().stream().limit(wanted).toList());
    }

    private static void assertSameLookups(Version version, Random random, int keys) {
        for (int i = 0; i < 20; i++) {
            int key = random.nextInt(keys);
            assertThat(version.tree.get(key)).isEqualTo(version.expected.get(key));
            assertSameRange(version, key, random.nextInt(4) == 0 ? null : random.nextInt(keys));
        }
    }

    /** Growth, shrinking and churn at several sizes; every hundredth version is kept and must stay as it was. */
    @ParameterizedTest
    @ValueSource(ints = {10, 100, 1_000, 20_000})
    void behavesAsASortedMapAndNeverForgets(int keys) {
        Random random = new Random(keys);
        SortedTree<Integer, Item> tree = SortedTree.empty(ORDER);
        NavigableMap<Integer, Item> expected = new TreeMap<>();
        List<Version> versions = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            int key = random.nextInt(keys);
            boolean growing = step / (keys + 500) % 2 == 0;
            if (random.nextInt(10) < (growing ? 8 : 2)) {
                Item item = new Item(key, random.nextInt(3));
                tree = tree.put(item);
                expected.put(key, item);
            } else {
                tree = tree.remove(key);
                expected.remove(key);
            }
            if (step % 500 == 0) {
                Version version = new Version(tree, new TreeMap<>(expected));
                versions.add(version);
                assertSameLookups(version, random, keys);
            }
        }
        for (Version version : versions) {
            assertSame(version.tree, version.expected);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void takesKeysInOrder(boolean ascending) {
        SortedTree<Integer, Item> tree = SortedTree.empty(ORDER);
        NavigableMap<Integer, Item> expected = new TreeMap<>();
        for (int i = 0; i < 10_000; i++) {
            Item item = new Item(ascending ? i : -i, 1);
            tree = tree.put(item);
            expected.put(item.key(), item);
        }
        assertSame(tree, expected);
        for (int i = 0; i < 10_000; i++) {
            int key = ascending ? i : -i;
            tree = tree.remove(key);
            assertThat(tree.weightBetween(Integer.MIN_VALUE, null)).isEqualTo(9_999 - i);
        }
        assertSame(tree, new TreeMap<>());
        assertThat(tree.get(5)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 47, 48, 49, 2_304, 2_305, 100_000})
    void isBuiltFromSortedElements(int size) {
        List<Item> items = new ArrayList<>();
        NavigableMap<Integer, Item> expected = new TreeMap<>();
        for (int i = 0; i < size; i++) {
            items.add(new Item(i * 2, i % 2));
            expected.put(i * 2, items.getLast());
        }
        SortedTree<Integer, Item> tree = SortedTree.ofSorted(ORDER, items);

        assertSame(tree, expected);
        assertSameLookups(new Version(tree, expected), new Random(size), size * 2 + 1);
    }

    @Test
    void removalOfAnAbsentKeyIsTheSameTree() {
        SortedTree<Integer, Item> tree = SortedTree.empty(ORDER);
        assertThat(tree.remove(1)).isSameAs(tree);
        for (int i = 0; i < 1_000; i++) {
            tree = tree.put(new Item(i * 2, 1));
        }
        assertThat(tree.remove(501)).isSameAs(tree);
        assertThat(tree.remove(500)).isNotSameAs(tree);
    }

    /** "Aa" and "BB" have one hash code, and so have all texts of as many of them. */
    private static Bytes colliding(int number, int digits) {
        StringBuilder text = new StringBuilder();
        for (int digit = 0; digit < digits; digit++) {
            text.append((number >> digit & 1) == 0 ? "Aa" : "BB");
        }
        return Bytes.utf8(text.toString());
    }

    private static KeyRecord recordOf(Bytes key, long revision) {
        return KeyRecord.of(key, new KeyRecord.Fields(RevisionId.pack(revision, 0), revision, 1, 0));
    }

    @Test
    void keysOfOneHashCodeAreToldApart() {
        SortedTree<Bytes, KeyRecord> tree = SortedTree.empty(StoreState.KEY_ORDER);
        for (int i = 0; i < 512; i++) {
            tree = tree.put(recordOf(colliding(i, 9), 2));
        }
        assertThat(colliding(0, 9)).hasSameHashCodeAs(colliding(511, 9));
        assertThat(tree.size()).isEqualTo(512);
        for (int i = 0; i < 512; i += 2) {
            tree = tree.remove(colliding(i, 9)).put(recordOf(colliding(i + 1, 9), 3));
        }
        for (int i = 0; i < 512; i++) {
            KeyRecord found = tree.get(colliding(i, 9));
            if (i % 2 == 0) {
                assertThat(found).isNull();
            } else {
                assertThat(found).isNotNull();
                assertThat(found.key()).isEqualTo(colliding(i, 9));
                assertThat(found.modRevision()).isEqualTo(3);
            }
        }
    }
}
