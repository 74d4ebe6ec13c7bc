package io.netsy.replication.model;

import org.jspecify.annotations.Nullable;

/**
 * The keys from {@code start} (inclusive) to {@code end} (exclusive; null: no end).
 *
 * <p>{@link #of} reads etcd's convention of two fields (etcd semantics, section 5): an empty range end is the key
 * alone, a range end of one zero byte is every key from {@code key} on, anything else is the half-open interval, which
 * holds nothing when {@code rangeEnd <= key}.
 */
public record KeyRange(Bytes start, @Nullable Bytes end) {
    /** All keys. */
    public static final KeyRange ALL = new KeyRange(Bytes.EMPTY, null);

    private static final Bytes FROM_KEY = Bytes.wrap(new byte[] {0});

    public static KeyRange of(Bytes key, Bytes rangeEnd) {
        if (rangeEnd.isEmpty()) {
            return single(key);
        }
        return new KeyRange(key, rangeEnd.equals(FROM_KEY) ? null : rangeEnd);
    }

    public static KeyRange single(Bytes key) {
        return new KeyRange(key, key.successor());
    }

    public boolean isEmpty() {
        return end != null && end.compareTo(start) <= 0;
    }

    public boolean contains(Bytes key) {
        return key.compareTo(start) >= 0 && (end == null || key.compareTo(end) < 0);
    }
}
