package io.netsy.replication.model;

/**
 * A place in a history: the index of an entry that ends a frame, the term it was written under, and the checksum of that
 * frame, which covers all frames before it by the chain.
 *
 * <p>Two nodes that agree on a position agree on everything up to it. Comparing indexes alone proves nothing (protocol
 * safety, 1 and 15).
 */
public record LogPosition(long term, long index, int checksum) {
    /** Before the first entry. */
    public static final LogPosition START = new LogPosition(0, 0, 0);

    public LogPosition {
        if (term < 0 || index < 0) {
            throw new IllegalArgumentException("position of term %d at index %d".formatted(term, index));
        }
    }

    @Override
    public String toString() {
        return "term %d index %d checksum %08x".formatted(term, index, checksum);
    }
}
