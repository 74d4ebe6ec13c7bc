package io.netsy.etcd.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A node of a {@link SortedTree}: never changed once built, never empty except on its way out of the tree.
 *
 * <p>A node holds at most {@link #MAX} members. One that falls below {@link #MIN} is joined with a neighbour when both
 * fit in one; else it stays small, which costs depth nothing and keeps removal simple.
 */
abstract sealed class TreeNode<K, E> {
    static final int MAX = 64;
    static final int MIN = 16;

    private final int size;
    private final long weight;

    private TreeNode(int size, long weight) {
        this.size = size;
        this.weight = weight;
    }

    /** How many elements are below. */
    final int size() {
        return size;
    }

    /** The sum of the weights of all elements below. */
    final long weight() {
        return weight;
    }

    /** Elements of a leaf, children of a branch. */
    abstract int count();

    abstract K firstKey(SortedTree.Order<K, E> order);

    /** One node, or two when this one was full. */
    abstract List<TreeNode<K, E>> put(SortedTree.Order<K, E> order, K key, E element);

    /** The node without the key; empty (count 0) when it was the last; this node when the key is not below. */
    abstract TreeNode<K, E> remove(SortedTree.Order<K, E> order, K key);

    abstract long weightBelow(SortedTree.Order<K, E> order, K key);

    /** Answers false when the visitor had enough or the end was reached. */
    abstract boolean visit(SortedTree.Order<K, E> order, K start, @Nullable K end, Predicate<E> visitor);

    static <K, E> TreeNode<K, E> build(SortedTree.Order<K, E> order, List<E> elements) {
        List<TreeNode<K, E>> level = new ArrayList<>();
        for (int[] cut : cuts(elements.size())) {
            level.add(Leaf.of(order, elements.subList(cut[0], cut[1]).toArray()));
        }
        while (level.size() > 1) {
            List<TreeNode<K, E>> above = new ArrayList<>();
            for (int[] cut : cuts(level.size())) {
                above.add(Branch.of(order, level.subList(cut[0], cut[1])));
            }
            level = above;
        }
        return level.getFirst();
    }

    /** Even pieces of at most three quarters of a node, so that a loaded tree does not split at once. */
    private static List<int[]> cuts(int total) {
        int pieces = Math.ceilDiv(total, MAX * 3 / 4);
        List<int[]> cuts = new ArrayList<>(pieces);
        for (int i = 0; i < pieces; i++) {
            cuts.add(new int[] {(int) ((long) total * i / pieces), (int) ((long) total * (i + 1) / pieces)});
        }
        return cuts;
    }

    static <K, E> TreeNode<K, E> rootOf(SortedTree.Order<K, E> order, List<TreeNode<K, E>> parts) {
        return parts.size() == 1 ? parts.getFirst() : Branch.of(order, parts);
    }

    static <K, E> @Nullable TreeNode<K, E> collapse(TreeNode<K, E> root) {
        TreeNode<K, E> node = root;
        while (node instanceof Branch<K, E> branch && branch.count() == 1) {
            node = branch.child(0);
        }
        return node.count() == 0 ? null : node;
    }

    /**
     * Elements in order, and the hash codes of their keys: to find a key is to read four lines of the processor's cache,
     * where each step of a search by order reads two that are most likely not in it.
     */
    static final class Leaf<K, E> extends TreeNode<K, E> {
        private final Object[] elements;
        private final int[] hashes;

        private Leaf(Object[] elements, int[] hashes, long weight) {
            super(elements.length, weight);
            this.elements = elements;
            this.hashes = hashes;
        }

        @SuppressWarnings("unchecked")
        static <K, E> Leaf<K, E> of(SortedTree.Order<K, E> order, Object[] elements) {
            int[] hashes = new int[elements.length];
            long weight = 0;
            for (int i = 0; i < hashes.length; i++) {
                E element = (E) elements[i];
                hashes[i] = order.keyOf(element).hashCode();
                weight += order.weightOf(element);
            }
            return new Leaf<>(elements, hashes, weight);
        }

        @SuppressWarnings("unchecked")
        E element(int i) {
            return (E) elements[i];
        }

        @Override
        int count() {
            return elements.length;
        }

        @Override
        K firstKey(SortedTree.Order<K, E> order) {
            return order.keyOf(element(0));
        }

        @Nullable
        E get(SortedTree.Order<K, E> order, K key) {
            int at = indexOf(order, key);
            return at < 0 ? null : element(at);
        }

        /** The place of the key, or -1. */
        private int indexOf(SortedTree.Order<K, E> order, K key) {
            int hash = key.hashCode();
            for (int i = 0; i < hashes.length; i++) {
                if (hashes[i] == hash && order.compare(order.keyOf(element(i)), key) == 0) {
                    return i;
                }
            }
            return -1;
        }

        /** The place of the first element that is not below the key. */
        private int lowerBound(SortedTree.Order<K, E> order, K key) {
            int low = 0;
            int high = elements.length - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                if (order.compare(order.keyOf(element(middle)), key) < 0) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return low;
        }

        @Override
        List<TreeNode<K, E>> put(SortedTree.Order<K, E> order, K key, E element) {
            int at = indexOf(order, key);
            return at < 0 ? inserted(order, key, element) : List.of(replaced(order, at, element));
        }

        private Leaf<K, E> replaced(SortedTree.Order<K, E> order, int at, E element) {
            Object[] changed = elements.clone();
            changed[at] = element;
            return new Leaf<>(changed, hashes, weight() + order.weightOf(element) - order.weightOf(element(at)));
        }

        private List<TreeNode<K, E>> inserted(SortedTree.Order<K, E> order, K key, E element) {
            int at = lowerBound(order, key);
            Object[] grown = new Object[elements.length + 1];
            System.arraycopy(elements, 0, grown, 0, at);
            grown[at] = element;
            System.arraycopy(elements, at, grown, at + 1, elements.length - at);
            if (grown.length <= MAX) {
                return List.of(new Leaf<>(grown, hashesWith(at, key), weight() + order.weightOf(element)));
            }
            // Keys that come in order fill nodes to the brim instead of leaving them half empty.
            int middle = at == elements.length ? elements.length : grown.length / 2;
            return List.of(
                    of(order, Arrays.copyOf(grown, middle)),
                    of(order, Arrays.copyOfRange(grown, middle, grown.length)));
        }

        private int[] hashesWith(int at, K key) {
            int[] grown = new int[hashes.length + 1];
            System.arraycopy(hashes, 0, grown, 0, at);
            grown[at] = key.hashCode();
            System.arraycopy(hashes, at, grown, at + 1, hashes.length - at);
            return grown;
        }

        @Override
        TreeNode<K, E> remove(SortedTree.Order<K, E> order, K key) {
            int at = indexOf(order, key);
            if (at < 0) {
                return this;
            }
            int rest = elements.length - 1;
            Object[] shrunk = Arrays.copyOf(elements, rest);
            System.arraycopy(elements, at + 1, shrunk, at, rest - at);
            int[] shrunkHashes = Arrays.copyOf(hashes, rest);
            System.arraycopy(hashes, at + 1, shrunkHashes, at, rest - at);
            return new Leaf<>(shrunk, shrunkHashes, weight() - order.weightOf(element(at)));
        }

        @Override
        long weightBelow(SortedTree.Order<K, E> order, K key) {
            int end = lowerBound(order, key);
            long sum = 0;
            for (int i = 0; i < end; i++) {
                sum += order.weightOf(element(i));
            }
            return sum;
        }

        @Override
        boolean visit(SortedTree.Order<K, E> order, K start, @Nullable K end, Predicate<E> visitor) {
            int to = end == null ? elements.length : endBefore(order, end);
            for (int i = lowerBound(order, start); i < to; i++) {
                if (!visitor.test(element(i))) {
                    return false;
                }
            }
            return to == elements.length;
        }

        private int endBefore(SortedTree.Order<K, E> order, K end) {
            K last = order.keyOf(element(elements.length - 1));
            return order.compare(last, end) < 0 ? elements.length : lowerBound(order, end);
        }

        private Leaf<K, E> joinedWith(Leaf<K, E> right) {
            int count = elements.length + right.elements.length;
            Object[] joined = Arrays.copyOf(elements, count);
            System.arraycopy(right.elements, 0, joined, elements.length, right.elements.length);
            int[] joinedHashes = Arrays.copyOf(hashes, count);
            System.arraycopy(right.hashes, 0, joinedHashes, hashes.length, right.hashes.length);
            return new Leaf<>(joined, joinedHashes, weight() + right.weight());
        }
    }

    /** Children in order, with the first key below each for the way down. */
    static final class Branch<K, E> extends TreeNode<K, E> {
        private final TreeNode<K, E>[] children;
        private final Object[] firstKeys;

        private Branch(TreeNode<K, E>[] children, Object[] firstKeys, int size, long weight) {
            super(size, weight);
            this.children = children;
            this.firstKeys = firstKeys;
        }

        @SuppressWarnings({"unchecked", "rawtypes"})
        static <K, E> Branch<K, E> of(SortedTree.Order<K, E> order, List<TreeNode<K, E>> children) {
            Object[] firstKeys = new Object[children.size()];
            int size = 0;
            long weight = 0;
            for (int i = 0; i < firstKeys.length; i++) {
                TreeNode<K, E> child = children.get(i);
                firstKeys[i] = child.firstKey(order);
                size += child.size();
                weight += child.weight();
            }
            return new Branch<>(children.toArray(new TreeNode[0]), firstKeys, size, weight);
        }

        private Branch<K, E> with(SortedTree.Order<K, E> order, int at, TreeNode<K, E> child) {
            TreeNode<K, E> replaced = children[at];
            TreeNode<K, E>[] changed = children.clone();
            changed[at] = child;
            K firstKey = child.firstKey(order);
            Object[] keys = firstKeys;
            if (!firstKey.equals(keys[at])) {
                keys = keys.clone();
                keys[at] = firstKey;
            }
            return new Branch<>(
                    changed,
                    keys,
                    size() + child.size() - replaced.size(),
                    weight() + child.weight() - replaced.weight());
        }

        int childCount() {
            return children.length;
        }

        TreeNode<K, E> child(int i) {
            return children[i];
        }

        @Override
        int count() {
            return children.length;
        }

        @Override
        K firstKey(SortedTree.Order<K, E> order) {
            return firstKey(0);
        }

        @SuppressWarnings("unchecked")
        private K firstKey(int i) {
            return (K) firstKeys[i];
        }

        TreeNode<K, E> childFor(SortedTree.Order<K, E> order, K key) {
            return children[indexFor(order, key)];
        }

        /** The last child whose first key is not above the key; the leftmost when all are. */
        private int indexFor(SortedTree.Order<K, E> order, K key) {
            int low = 1;
            int high = children.length - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                if (order.compare(firstKey(middle), key) <= 0) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return low - 1;
        }

        @Override
        List<TreeNode<K, E>> put(SortedTree.Order<K, E> order, K key, E element) {
            int at = indexFor(order, key);
            List<TreeNode<K, E>> parts = children[at].put(order, key, element);
            if (parts.size() == 1) {
                return List.of(with(order, at, parts.getFirst()));
            }
            List<TreeNode<K, E>> grown = new ArrayList<>(Arrays.asList(children));
            grown.set(at, parts.getFirst());
            grown.add(at + 1, parts.getLast());
            if (grown.size() <= MAX) {
                return List.of(of(order, grown));
            }
            int middle = at == children.length - 1 ? children.length : grown.size() / 2;
            return List.of(of(order, grown.subList(0, middle)), of(order, grown.subList(middle, grown.size())));
        }

        @Override
        TreeNode<K, E> remove(SortedTree.Order<K, E> order, K key) {
            int at = indexFor(order, key);
            TreeNode<K, E> smaller = children[at].remove(order, key);
            if (smaller == children[at]) {
                return this;
            }
            if (smaller.count() >= MIN) {
                return with(order, at, smaller);
            }
            List<TreeNode<K, E>> rest = new ArrayList<>(Arrays.asList(children));
            if (smaller.count() == 0) {
                rest.remove(at);
            } else {
                rest.set(at, smaller);
                joinNeighbours(order, rest, at == 0 ? 0 : at - 1);
            }
            return rest.isEmpty() ? Leaf.of(order, new Object[0]) : of(order, rest);
        }

        /** Joins the children at {@code left} and after it when both fit in one node. */
        private static <K, E> void joinNeighbours(SortedTree.Order<K, E> order, List<TreeNode<K, E>> nodes, int left) {
            if (left + 1 >= nodes.size()
                    || nodes.get(left).count() + nodes.get(left + 1).count() > MAX) {
                return;
            }
            TreeNode<K, E> right = nodes.remove(left + 1);
            nodes.set(left, join(order, nodes.get(left), right));
        }

        private static <K, E> TreeNode<K, E> join(
                SortedTree.Order<K, E> order, TreeNode<K, E> left, TreeNode<K, E> right) {
            if (left instanceof Leaf<K, E> leftLeaf) {
                return leftLeaf.joinedWith((Leaf<K, E>) right);
            }
            List<TreeNode<K, E>> joined = new ArrayList<>(Arrays.asList(((Branch<K, E>) left).children));
            joined.addAll(Arrays.asList(((Branch<K, E>) right).children));
            return of(order, joined);
        }

        @Override
        long weightBelow(SortedTree.Order<K, E> order, K key) {
            int at = indexFor(order, key);
            long sum = children[at].weightBelow(order, key);
            for (int i = 0; i < at; i++) {
                sum += children[i].weight();
            }
            return sum;
        }

        @Override
        boolean visit(SortedTree.Order<K, E> order, K start, @Nullable K end, Predicate<E> visitor) {
            for (int i = indexFor(order, start); i < children.length; i++) {
                if (!children[i].visit(order, start, end, visitor)) {
                    return false;
                }
            }
            return true;
        }
    }
}
