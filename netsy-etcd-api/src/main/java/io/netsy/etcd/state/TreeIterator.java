package io.netsy.etcd.state;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** Walks a tree's leaves from left to right, one path in memory at a time. */
final class TreeIterator<K, E> implements Iterator<E> {
    private final Deque<TreeNode<K, E>> pending = new ArrayDeque<>();
    private TreeNode.Leaf<K, E> leaf;
    private int position;

    TreeIterator(TreeNode<K, E> root) {
        this.leaf = descend(root);
    }

    private TreeNode.Leaf<K, E> descend(TreeNode<K, E> from) {
        TreeNode<K, E> node = from;
        while (node instanceof TreeNode.Branch<K, E> branch) {
            for (int i = branch.childCount() - 1; i > 0; i--) {
                pending.push(branch.child(i));
            }
            node = branch.child(0);
        }
        return (TreeNode.Leaf<K, E>) node;
    }

    @Override
    public boolean hasNext() {
        return position < leaf.count() || !pending.isEmpty();
    }

    @Override
    public E next() {
        if (position == leaf.count()) {
            if (pending.isEmpty()) {
                throw new NoSuchElementException();
            }
            leaf = descend(pending.pop());
            position = 0;
        }
        return leaf.element(position++);
    }
}
