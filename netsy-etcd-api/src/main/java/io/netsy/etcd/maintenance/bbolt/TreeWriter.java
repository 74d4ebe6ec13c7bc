package io.netsy.etcd.maintenance.bbolt;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes one bucket's tree from sorted entries in one pass, with one open page for each level.
 *
 * <p>Leaves are filled to the brim. A branch is closed before it outgrows its page, but for its last child, which begins
 * the next one: so each branch has two children at least. bbolt stops the process when it deletes below one that has a
 * single child.
 */
final class TreeWriter implements BoltWriter.Entries {
    private static final int LEAST_CHILDREN = 2;

    private final PageFile file;
    private final TreePage leaf = TreePage.leaf();

    /** The open branch of each level, the lowest first. */
    private final List<TreePage> branches = new ArrayList<>();

    private byte[] lastKey = new byte[0];
    private boolean empty = true;

    TreeWriter(PageFile file) {
        this.file = file;
    }

    @Override
    public void put(Span key, Span value) throws IOException {
        put(0, key, value);
    }

    void put(int flags, Span key, Span value) throws IOException {
        checkOrder(key);
        if (leaf.count() > 0 && leaf.sizeWith(key.length(), value.length()) > Layout.PAGE_BYTES) {
            closeLeaf();
        }
        leaf.addEntry(flags, key, value);
    }

    private void checkOrder(Span key) {
        if (key.length() == 0) {
            throw new IllegalArgumentException("an empty key, which bbolt does not know");
        }
        if (!empty && Arrays.compareUnsigned(key.array(), 0, key.length(), lastKey, 0, lastKey.length) <= 0) {
            throw new IllegalArgumentException(
                    "keys out of order after entry with key of " + lastKey.length + " bytes");
        }
        empty = false;
        lastKey = Arrays.copyOf(key.array(), key.length());
    }

    private void closeLeaf() throws IOException {
        byte[] firstKey = leaf.firstKey();
        addChild(0, firstKey, file.append(leaf));
        leaf.clear();
    }

    private void addChild(int level, byte[] firstKey, long page) throws IOException {
        if (level == branches.size()) {
            branches.add(TreePage.branch());
        }
        TreePage branch = branches.get(level);
        if (branch.count() > LEAST_CHILDREN && branch.sizeWith(firstKey.length, 0) > Layout.PAGE_BYTES) {
            branches.set(level, branch.splitLastChild());
            addChild(level + 1, branch.firstKey(), file.append(branch));
        }
        branches.get(level).addChild(firstKey, page);
    }

    /** Closes every level and answers the root's page. */
    long finish() throws IOException {
        if (branches.isEmpty()) {
            return file.append(leaf);
        }
        closeLeaf();
        for (int level = 0; level < branches.size() - 1; level++) {
            TreePage branch = branches.get(level);
            addChild(level + 1, branch.firstKey(), file.append(branch));
        }
        return file.append(branches.getLast());
    }
}
