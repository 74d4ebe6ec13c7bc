package io.netsy.bench.stats;

import java.util.Arrays;

/**
 * Counts latencies in buckets whose width grows with the value: exact below 256 ns, within 0.8 % above.
 *
 * <p>Values are nanoseconds; negative ones count as 0. One array of 58 KiB holds the whole range of a {@code long}, so
 * recording is an addition and never allocates. For one thread.
 */
public final class LatencyHistogram {
    private static final int SUB_BUCKET_BITS = 7;
    private static final int SUB_BUCKETS = 1 << SUB_BUCKET_BITS;
    private static final int EXACT = 2 * SUB_BUCKETS;
    private static final int FIRST_EXPONENT = SUB_BUCKET_BITS + 1;

    private final long[] buckets = new long[EXACT + (Long.SIZE - 1 - FIRST_EXPONENT) * SUB_BUCKETS];
    private long count;
    private long max;
    private double sum;

    public void record(long nanos) {
        long value = Math.max(0, nanos);
        buckets[bucketOf(value)]++;
        count++;
        sum += value;
        max = Math.max(max, value);
    }

    /** Adds all that the other histogram holds. */
    public void add(LatencyHistogram other) {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] += other.buckets[i];
        }
        count += other.count;
        sum += other.sum;
        max = Math.max(max, other.max);
    }

    public void clear() {
        Arrays.fill(buckets, 0);
        count = 0;
        sum = 0;
        max = 0;
    }

    public long count() {
        return count;
    }

    public long maxNanos() {
        return max;
    }

    public double meanNanos() {
        return count == 0 ? 0 : sum / count;
    }

    /**
     * The least value that at least this share of the recorded ones does not exceed, rounded up to its bucket's end; 0
     * when nothing was recorded.
     *
     * @param quantile in (0, 1]: 0.99 is the 99th percentile
     */
    public long quantileNanos(double quantile) {
        if (!(quantile > 0 && quantile <= 1)) {
            throw new IllegalArgumentException("quantile " + quantile + " is not in (0, 1]");
        }
        long rank = Math.max(1, (long) Math.ceil(quantile * count));
        long seen = 0;
        for (int i = 0; i < buckets.length; i++) {
            seen += buckets[i];
            if (seen >= rank) {
                return Math.min(max, highestOf(i));
            }
        }
        return max;
    }

    private static int bucketOf(long value) {
        if (value < EXACT) {
            return (int) value;
        }
        int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
        int subBucket = (int) (value >>> (exponent - SUB_BUCKET_BITS)) - SUB_BUCKETS;
        return EXACT + (exponent - FIRST_EXPONENT) * SUB_BUCKETS + subBucket;
    }

    private static long highestOf(int bucket) {
        if (bucket < EXACT) {
            return bucket;
        }
        int exponent = FIRST_EXPONENT + (bucket - EXACT) / SUB_BUCKETS;
        int subBucket = SUB_BUCKETS + (bucket - EXACT) % SUB_BUCKETS;
        return ((subBucket + 1L) << (exponent - SUB_BUCKET_BITS)) - 1;
    }
}
