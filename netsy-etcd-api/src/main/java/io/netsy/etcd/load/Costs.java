package io.netsy.etcd.load;

/** What things take of the heap, in bytes, measured and rounded up. */
public final class Costs {
    /** A connection: its pipeline, the state of HTTP/2, and buffers of its first bytes. */
    public static final long CONNECTION = 48 << 10;

    /** A call that is open, whatever it does. */
    public static final long CALL = 8 << 10;

    /** A request on a stream of them, besides its bytes. */
    public static final long FORWARDED = 1 << 10;

    /** A header of a call, besides its bytes. */
    public static final long HEADER = 64;

    /** A watcher on a stream. */
    public static final long WATCHER = 1 << 10;

    /** A piece of a message that waits for the others, besides its bytes. */
    public static final long PIECE = 256;

    /** Something written that waits for the client to take it, besides its bytes. */
    public static final long WRITE = 512;

    private Costs() {}
}
