package io.netsy.etcd.load;

/** What a connection holds of the node. */
public enum Resource {
    /** Bytes of the Java heap: connections, calls, watchers, requests that are being served. */
    HEAP(0),

    /** Bytes outside the heap: what was received and not read yet, and what was written and not taken yet. */
    DIRECT(1),

    /** Connections themselves, each of which holds a file descriptor. */
    CONNECTIONS(2);

    static final int COUNT = 3;

    /** Where it stands in an account. */
    final int slot;

    Resource(int slot) {
        this.slot = slot;
    }
}
