package io.netsy.bench.load;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Keys of one length under one prefix, numbered from 0: the prefix, then the number with leading zeros.
 *
 * <p>Immutable, safe for any thread.
 */
public final class KeySpace {
    private static final int LEAST_DIGITS = 8;

    private final byte[] template;
    private final int prefixBytes;
    private final ByteString start;
    private final ByteString end;

    /**
     * @param prefix ASCII, at least 8 bytes shorter than the keys
     * @param keyBytes the length of each key
     */
    public KeySpace(String prefix, int keyBytes) {
        byte[] text = prefix.getBytes(StandardCharsets.US_ASCII);
        if (text.length == 0 || keyBytes - text.length < LEAST_DIGITS) {
            throw new IllegalArgumentException(
                    "keys of %d bytes leave fewer than %d digits behind the prefix '%s': take longer keys"
                            .formatted(keyBytes, LEAST_DIGITS, prefix));
        }
        template = Arrays.copyOf(text, keyBytes);
        Arrays.fill(template, text.length, keyBytes, (byte) '0');
        prefixBytes = text.length;
        start = ByteString.copyFrom(text);
        end = endOf(text);
    }

    private static ByteString endOf(byte[] prefix) {
        byte[] end = prefix.clone();
        end[end.length - 1]++;
        return UnsafeByteOperations.unsafeWrap(end);
    }

    /** The key of this number, which must not be negative. */
    public ByteString key(long number) {
        byte[] key = template.clone();
        long rest = number;
        for (int i = key.length - 1; rest != 0; i--) {
            if (i < prefixBytes) {
                throw new IllegalArgumentException("number %d does not fit into a key".formatted(number));
            }
            key[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return UnsafeByteOperations.unsafeWrap(key);
    }

    /** Whether the key has this space's prefix and length. */
    public boolean contains(ByteString key) {
        return key.size() == template.length && key.startsWith(start);
    }

    /** The number of a key of this space. */
    public long numberOf(ByteString key) {
        if (!contains(key)) {
            throw new IllegalArgumentException("'%s' is no key of this space".formatted(key.toStringUtf8()));
        }
        long number = 0;
        for (int i = prefixBytes; i < template.length; i++) {
            number = number * 10 + (key.byteAt(i) - '0');
        }
        return number;
    }

    /** The prefix itself: where a range over all keys begins. */
    public ByteString start() {
        return start;
    }

    /** The end of the range over all keys, exclusive. */
    public ByteString end() {
        return end;
    }
}
