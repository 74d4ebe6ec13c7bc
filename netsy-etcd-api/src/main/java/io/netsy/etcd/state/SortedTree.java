package io.netsy.etcd.state;

import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An immutable ordered collection: a B+tree whose updates copy the path to the root and share the rest.
 *
 * <p>A reader that holds a tree sees it unchanged for ever, without a lock, whatever the writer does next; that is what
 * makes a snapshot of the state a mere reference. Each element has a weight, and each node the sum below it, so that
 * {@link #weightBetween} counts a range in {@code O(log n)}.
 *
 * @param <K> what elements are ordered by; keys that compare as equal have the same hash code
 * @param <E> the elements
 */
public final class SortedTree<K, E> {
    private final Order<K, E> order;
    private final @Nullable TreeNode<K, E> root;

    private SortedTree(Order<K, E> order, @Nullable TreeNode<K, E> root) {
        this.order = order;
        this.root = root;
    }

    /** How elements are ordered and weighed. */
    public interface Order<K, E> {
        /** The key of an element; two elements of equal keys are one. */
        K keyOf(E element);

        /** A total order of keys. */
        int compare(K left, K right);

        /** What the element counts for in {@link SortedTree#weightBetween}. */
        int weightOf(E element);
    }

    public static <K, E> SortedTree<K, E> empty(Order<K, E> order) {
        return new SortedTree<>(order, null);
    }

    /** Builds a tree of elements that are in order already, in linear time. */
    public static <K, E> SortedTree<K, E> ofSorted(Order<K, E> order, List<E> elements) {
        if (elements.isEmpty()) {
            return empty(order);
        }
        return new SortedTree<>(order, TreeNode.build(order, elements));
    }

    public int size() {
        return root == null ? 0 : root.size();
    }

    public @Nullable E get(K key) {
        TreeNode<K, E> node = root;
        while (node instanceof TreeNode.Branch<K, E> branch) {
            node = branch.childFor(order, key);
        }
        return node instanceof TreeNode.Leaf<K, E> leaf ? leaf.get(order, key) : null;
    }

    /** The tree with this element, in place of the one with an equal key if there is one. */
    public SortedTree<K, E> put(E element) {
        if (root == null) {
            return ofSorted(order, List.of(element));
        }
        K key = order.keyOf(element);
        return new SortedTree<>(order, TreeNode.rootOf(order, root.put(order, key, element)));
    }

    /** The tree without the element of this key; this tree when there is none. */
    public SortedTree<K, E> remove(K key) {
        if (root == null) {
            return this;
        }
        TreeNode<K, E> rest = root.remove(order, key);
        return rest == root ? this : new SortedTree<>(order, TreeNode.collapse(rest));
    }

    /** The sum of the weights of elements from {@code start} (inclusive) to {@code end} (exclusive; null: no end). */
    public long weightBetween(K start, @Nullable K end) {
        if (root == null || (end != null && order.compare(end, start) <= 0)) {
            return 0;
        }
        long upTo = end == null ? root.weight() : root.weightBelow(order, end);
        return upTo - root.weightBelow(order, start);
    }

    /**
     * Visits elements in order from {@code start} (inclusive) to {@code end} (exclusive; null: no end) until the
     * visitor answers false.
     */
    public void visit(K start, @Nullable K end, Predicate<E> visitor) {
        if (root != null) {
            root.visit(order, start, end, visitor);
        }
    }

    /** All elements in order. */
    public Iterator<E> iterator() {
        return root == null ? List.<E>of().iterator() : new TreeIterator<>(root);
    }
}
