package io.netsy.replication.model;

/**
 * What a role lets its users do with a range of keys (etcd semantics, section 17).
 *
 * @param type etcd's Permission.Type number; one that etcd does not know grants nothing
 * @param key where the range begins
 * @param rangeEnd where it ends, by the convention of {@link KeyRange#of}
 */
public record AuthPermission(int type, Bytes key, Bytes rangeEnd) {
    public static final int READ = 0;
    public static final int WRITE = 1;
    public static final int READ_WRITE = 2;

    public AuthPermission {
        if (type < 0) {
            throw new IllegalArgumentException("permission type " + type);
        }
    }

    /** Whether both speak of the same range, in the same words. */
    public boolean isAbout(Bytes otherKey, Bytes otherRangeEnd) {
        return key.equals(otherKey) && rangeEnd.equals(otherRangeEnd);
    }

    public KeyRange range() {
        return KeyRange.of(key, rangeEnd);
    }

    public boolean allowsRead() {
        return type == READ || type == READ_WRITE;
    }

    public boolean allowsWrite() {
        return type == WRITE || type == READ_WRITE;
    }
}
