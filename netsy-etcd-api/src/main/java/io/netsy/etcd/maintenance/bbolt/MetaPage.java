package io.netsy.etcd.maintenance.bbolt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One of the two pages from which a file is opened; the one with the greater transaction id counts. */
final class MetaPage {
    private static final int CHECKED_BYTES = 56;

    private MetaPage() {}

    /**
     * The page's bytes.
     *
     * @param root the page of the bucket that holds all others
     * @param highWater the number of pages in the file
     * @param transaction the transaction that wrote it; a transaction writes the page of its remainder by two
     */
    static ByteBuffer of(long root, long highWater, long transaction) {
        ByteBuffer page = ByteBuffer.allocate(Layout.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        page.putLong(transaction % Layout.META_PAGES)
                .putShort((short) Layout.META_PAGE)
                .putShort((short) 0)
                .putInt(0);
        page.putInt(Layout.MAGIC)
                .putInt(Layout.VERSION)
                .putInt(Layout.PAGE_BYTES)
                .putInt(0)
                .putLong(root)
                .putLong(0)
                .putLong(Layout.NO_FREELIST)
                .putLong(highWater)
                .putLong(transaction);
        int start = Layout.PAGE_HEADER_BYTES;
        page.putLong(Fnv1a.hash(page.array(), start, start + CHECKED_BYTES));
        return page.rewind();
    }
}
