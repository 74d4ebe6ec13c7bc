package io.netsy.etcd.maintenance.bbolt;

/** The first bytes of an array, for writers that use one array for many contents. Whoever is given one keeps none of it. */
public final class Span {
    private final byte[] array;
    private final int length;

    /** @param length how many bytes of the array are meant */
    public Span(byte[] array, int length) {
        if (length < 0 || length > array.length) {
            throw new IllegalArgumentException("%d of %d bytes".formatted(length, array.length));
        }
        this.array = array;
        this.length = length;
    }

    /** A whole array. */
    public static Span of(byte[] array) {
        return new Span(array, array.length);
    }

    /** The array itself; read only. */
    public byte[] array() {
        return array;
    }

    public int length() {
        return length;
    }
}
