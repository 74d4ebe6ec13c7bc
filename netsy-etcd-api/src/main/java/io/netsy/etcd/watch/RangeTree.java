package io.netsy.etcd.watch;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.KeyRange;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Values by key range, found by a key inside: an AVL tree ordered by range in which each node knows the greatest end
 * below it (Cormen et al., "Interval trees"). The {@code k} ranges that hold a key are found in {@code O((k + 1) log n)}.
 * For one thread.
 */
final class RangeTree<V> {
    private @Nullable Node<V> root;

    private static final class Node<V> {
        KeyRange range;
        V value;

        @Nullable
        Bytes greatestEnd;

        int height = 1;

        @Nullable
        Node<V> left;

        @Nullable
        Node<V> right;

        Node(KeyRange range, V value) {
            this.range = range;
            this.value = value;
            this.greatestEnd = range.end();
        }
    }

    @Nullable
    V get(KeyRange range) {
        Node<V> node = root;
        while (node != null) {
            int order = compare(range, node.range);
            if (order == 0) {
                return node.value;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    /** The value of the range, made if there is none yet. */
    V computeIfAbsent(KeyRange range, Function<KeyRange, V> maker) {
        V found = get(range);
        if (found == null) {
            found = maker.apply(range);
            root = insert(root, new Node<>(range, found));
        }
        return found;
    }

    void remove(KeyRange range) {
        root = remove(root, range);
    }

    /** Visits the values of all ranges that hold the key, in order of the ranges. */
    void visitHolding(Bytes key, Consumer<V> visitor) {
        visitHolding(root, key, visitor);
    }

    /** Visits all values in order of their ranges. */
    void visitAll(Consumer<V> visitor) {
        visitAll(root, visitor);
    }

    private static <V> void visitHolding(@Nullable Node<V> node, Bytes key, Consumer<V> visitor) {
        if (node == null || (node.greatestEnd != null && node.greatestEnd.compareTo(key) <= 0)) {
            return;
        }
        visitHolding(node.left, key, visitor);
        if (node.range.start().compareTo(key) > 0) {
            return;
        }
        if (node.range.contains(key)) {
            visitor.accept(node.value);
        }
        visitHolding(node.right, key, visitor);
    }

    private static <V> void visitAll(@Nullable Node<V> node, Consumer<V> visitor) {
        if (node != null) {
            visitAll(node.left, visitor);
            visitor.accept(node.value);
            visitAll(node.right, visitor);
        }
    }

    private static <V> Node<V> insert(@Nullable Node<V> node, Node<V> added) {
        if (node == null) {
            return added;
        }
        if (compare(added.range, node.range) < 0) {
            node.left = insert(node.left, added);
        } else {
            node.right = insert(node.right, added);
        }
        return balanced(node);
    }

    private static <V> @Nullable Node<V> remove(@Nullable Node<V> node, KeyRange range) {
        if (node == null) {
            return null;
        }
        int order = compare(range, node.range);
        if (order < 0) {
            node.left = remove(node.left, range);
        } else if (order > 0) {
            node.right = remove(node.right, range);
        } else if (node.left == null) {
            return node.right;
        } else if (node.right == null) {
            return node.left;
        } else {
            Node<V> successor = leftmost(node.right);
            node.range = successor.range;
            node.value = successor.value;
            node.right = remove(node.right, successor.range);
        }
        return balanced(node);
    }

    private static <V> Node<V> leftmost(Node<V> from) {
        Node<V> node = from;
        while (node.left != null) {
            node = node.left;
        }
        return node;
    }

    private static <V> Node<V> balanced(Node<V> node) {
        Node<V> left = node.left;
        Node<V> right = node.right;
        int lean = height(left) - height(right);
        if (lean > 1 && left != null) {
            if (height(left.left) < height(left.right)) {
                node.left = rotatedLeft(left);
            }
            return rotatedRight(node);
        }
        if (lean < -1 && right != null) {
            if (height(right.right) < height(right.left)) {
                node.right = rotatedRight(right);
            }
            return rotatedLeft(node);
        }
        refresh(node);
        return node;
    }

    private static <V> Node<V> rotatedLeft(Node<V> node) {
        Node<V> top = node.right;
        if (top == null) {
            return node;
        }
        node.right = top.left;
        top.left = node;
        refresh(node);
        refresh(top);
        return top;
    }

    private static <V> Node<V> rotatedRight(Node<V> node) {
        Node<V> top = node.left;
        if (top == null) {
            return node;
        }
        node.left = top.right;
        top.right = node;
        refresh(node);
        refresh(top);
        return top;
    }

    private static <V> void refresh(Node<V> node) {
        node.height = 1 + Math.max(height(node.left), height(node.right));
        node.greatestEnd = node.range.end();
        widen(node, node.left);
        widen(node, node.right);
    }

    private static <V> void widen(Node<V> node, @Nullable Node<V> child) {
        if (child != null && compareEnds(child.greatestEnd, node.greatestEnd) > 0) {
            node.greatestEnd = child.greatestEnd;
        }
    }

    private static int height(@Nullable Node<?> node) {
        return node == null ? 0 : node.height;
    }

    private static int compare(KeyRange left, KeyRange right) {
        int byStart = left.start().compareTo(right.start());
        return byStart != 0 ? byStart : compareEnds(left.end(), right.end());
    }

    private static int compareEnds(@Nullable Bytes left, @Nullable Bytes right) {
        if (left == null) {
            return right == null ? 0 : 1;
        }
        return right == null ? -1 : left.compareTo(right);
    }
}
