package io.netsy.etcd.load;

/**
 * How much all clients together may hold.
 *
 * @param heapBytes of {@link Resource#HEAP}
 * @param directBytes of {@link Resource#DIRECT}
 * @param connections of {@link Resource#CONNECTIONS}
 */
public record LoadLimits(long heapBytes, long directBytes, long connections) {
    /** For clients that are part of the program itself. */
    static final LoadLimits NONE = new LoadLimits(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

    public LoadLimits {
        if (heapBytes < 1 || directBytes < 1 || connections < 1) {
            throw new IllegalArgumentException(
                    "clients need room: %d bytes of heap, %d of direct memory, %d connections"
                            .formatted(heapBytes, directBytes, connections));
        }
    }

    /**
     * A share of what the process has: a quarter of the heap, half of the direct memory, half of the file descriptors.
     * The rest is the store's.
     */
    public static LoadLimits sharesOf(long heapBytes, long directBytes, long fileDescriptors) {
        return new LoadLimits(
                Math.max(1, heapBytes / 4), Math.max(1, directBytes / 2), Math.max(1, fileDescriptors / 2));
    }

    long of(Resource resource) {
        return switch (resource) {
            case HEAP -> heapBytes;
            case DIRECT -> directBytes;
            case CONNECTIONS -> connections;
        };
    }
}
