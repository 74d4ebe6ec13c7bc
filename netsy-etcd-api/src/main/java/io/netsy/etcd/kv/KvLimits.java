package io.netsy.etcd.kv;

/**
 * What a single request may ask for (etcd semantics, section 2).
 *
 * @param maxRequestBytes the encoded size of a mutating request, etcd's envelope included
 * @param maxTxnOperations entries in one list of a transaction
 * @param maxInlineKeys keys that a read may touch on the thread that took the call; a larger one is handed over
 */
public record KvLimits(int maxRequestBytes, int maxTxnOperations, int maxInlineKeys) {
    /** etcd's defaults. */
    public static final KvLimits DEFAULT = new KvLimits(1_572_864, 128, 1_000);

    /**
     * Bytes that etcd's envelope adds to a request of about the maximal size: the header with a request id, and the tag
     * and length of the request.
     */
    private static final int ENVELOPE_BYTES = 18;

    public KvLimits {
        if (maxRequestBytes < ENVELOPE_BYTES || maxTxnOperations < 1 || maxInlineKeys < 0) {
            throw new IllegalArgumentException("limits of %d bytes, %d operations, %d inline keys"
                    .formatted(maxRequestBytes, maxTxnOperations, maxInlineKeys));
        }
    }

    /** Whether a mutating request of so many bytes fits into one of etcd's proposals. */
    public boolean allowsRequestOf(int encodedBytes) {
        return encodedBytes <= maxRequestBytes - ENVELOPE_BYTES;
    }
}
