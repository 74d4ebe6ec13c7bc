package io.netsy.replication.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An immutable sequence of bytes, ordered as unsigned bytes: the type of every key and value.
 *
 * <p>{@link #wrap} and {@link #array} share the array without a copy; whoever holds it must not write to it. Safe for
 * use by any thread.
 */
public final class Bytes implements Comparable<Bytes> {
    /** The empty sequence; protobuf does not tell it from an absent one. */
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private static final int PRINTED_BYTES = 64;

    private final byte[] array;

    private Bytes(byte[] array) {
        this.array = array;
    }

    /** Takes the array over without a copy. */
    public static Bytes wrap(byte[] array) {
        return array.length == 0 ? EMPTY : new Bytes(array);
    }

    /** The UTF-8 bytes of a text. */
    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Copies {@code length} bytes from the buffer's position and moves it past them. */
    public static Bytes read(ByteBuffer buffer, int length) {
        byte[] copy = new byte[length];
        buffer.get(copy);
        return wrap(copy);
    }

    /** The shared array; read only. */
    public byte[] array() {
        return array;
    }

    public int length() {
        return array.length;
    }

    public boolean isEmpty() {
        return array.length == 0;
    }

    /** This sequence and one zero byte: the least key greater than this one. */
    public Bytes successor() {
        return new Bytes(Arrays.copyOf(array, array.length + 1));
    }

    public boolean startsWith(Bytes prefix) {
        return array.length >= prefix.array.length
                && Arrays.equals(array, 0, prefix.array.length, prefix.array, 0, prefix.array.length);
    }

    /** Unsigned bytewise order (etcd semantics, section 5). */
    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(array, other.array);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(array, that.array);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(array);
    }

    /** Printable ASCII as it is, other bytes as {@code \xNN}, cut after 64 bytes: for messages and logs. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(array.length, PRINTED_BYTES); i++) {
            int unsigned = Byte.toUnsignedInt(array[i]);
            if (unsigned >= ' ' && unsigned < 0x7f && unsigned != '\\') {
                text.append((char) unsigned);
            } else {
                text.append(String.format("\\x%02x", unsigned));
            }
        }
        return array.length > PRINTED_BYTES ? text + "… (" + array.length + " bytes)" : text.toString();
    }
}
