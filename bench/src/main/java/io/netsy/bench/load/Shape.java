package io.netsy.bench.load;

/**
 * The keys and values that a load uses.
 *
 * @param prefix what every key begins with, without the slash at the end
 * @param keyBytes the length of each key
 * @param keys how many there are, for loads that come back to the same keys
 * @param valueBytes the length of each value
 */
public record Shape(String prefix, int keyBytes, long keys, int valueBytes) {
    public Shape {
        if (keys < 1 || keys > Integer.MAX_VALUE / 2 || valueBytes < 0 || valueBytes > 1 << 20) {
            throw new IllegalArgumentException(
                    "%d keys with values of %d bytes: take at least one key and at most 1 MiB"
                            .formatted(keys, valueBytes));
        }
    }

    /** The same with another number of keys. */
    public Shape withKeys(long number) {
        return new Shape(prefix, keyBytes, number, valueBytes);
    }

    /** The same with values of another length. */
    public Shape withValueBytes(int length) {
        return new Shape(prefix, keyBytes, keys, length);
    }

    /**
     * Keys that several runs share, apart from those of another number or size.
     *
     * @param name a letter for the kind of load
     */
    public KeySpace shared(String name) {
        return new KeySpace("%s/%s%dx%d/".formatted(prefix, name, keys, valueBytes), keyBytes);
    }

    /** Keys that no other run has. */
    public KeySpace ownedBy(String runId) {
        return new KeySpace("%s/%s/".formatted(prefix, runId), keyBytes);
    }
}
