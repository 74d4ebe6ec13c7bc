package io.netsy.bench.load;

import java.util.Locale;

/** The kinds of operation whose latencies are counted apart. */
public enum Series {
    PUT(true),
    CREATE(true),
    UPDATE(true),
    DELETE(true),
    GET(false),
    LIST(false),
    LEASE_GRANT(true),
    LEASE_KEEPALIVE(false),
    LEASE_REVOKE(true),
    /** From the acknowledgement of a write to its event; an event that outran the acknowledgement counts 0. */
    EVENT_SINCE_ACK(false),
    /** From the start of a write to its event. */
    EVENT_SINCE_START(false);

    private final boolean write;

    Series(boolean write) {
        this.write = write;
    }

    /** Whether each such operation makes an entry of the log. */
    public boolean isWrite() {
        return write;
    }

    /** Whether it is an event that a watcher got, and no operation of a client. */
    public boolean isEvent() {
        return this == EVENT_SINCE_ACK || this == EVENT_SINCE_START;
    }

    /** As it is printed: {@code lease-grant}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
