package io.netsy.etcd.maintenance.bbolt;

/** The FNV-1a hash of 64 bits, which guards a meta page. */
final class Fnv1a {
    private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private Fnv1a() {}

    static long hash(byte[] bytes, int from, int to) {
        long hash = OFFSET_BASIS;
        for (int i = from; i < to; i++) {
            hash = (hash ^ Byte.toUnsignedLong(bytes[i])) * PRIME;
        }
        return hash;
    }
}
