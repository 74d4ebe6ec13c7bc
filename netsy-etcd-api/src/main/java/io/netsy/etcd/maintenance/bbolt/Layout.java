package io.netsy.etcd.maintenance.bbolt;

/** The numbers of bbolt's file format, version 2; all of its integers are little-endian (etcd semantics, section 15). */
final class Layout {
    /** The page size of etcd on most machines; a reader takes it from the meta page. */
    static final int PAGE_BYTES = 4096;

    static final int PAGE_HEADER_BYTES = 16;

    /** An element of a leaf or of a branch page. */
    static final int ELEMENT_BYTES = 16;

    /** The value of a bucket's element: the number of its root page, and its sequence. */
    static final int BUCKET_BYTES = 16;

    static final int BRANCH_PAGE = 0x01;
    static final int LEAF_PAGE = 0x02;
    static final int META_PAGE = 0x04;

    /** Marks the element of a bucket. */
    static final int BUCKET_ELEMENT = 0x01;

    static final int META_PAGES = 2;
    static final int MAGIC = 0xED0CDAED;
    static final int VERSION = 2;

    /** In the place of the free list's page: there is none, whoever opens the file finds the free pages by himself. */
    static final long NO_FREELIST = -1;

    private Layout() {}

    /** How many pages hold so many bytes. */
    static long pages(long bytes) {
        return (bytes + PAGE_BYTES - 1) / PAGE_BYTES;
    }
}
