package io.netsy.etcd.meter;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * A distribution of whole numbers over buckets, each twice as wide as the one before, as etcd's histograms have them.
 *
 * <p>Safe for any thread. Recording is two additions: it takes no lock and allocates nothing.
 */
public final class Histogram {
    private static final double NANOS_PER_SECOND = 1e9;

    private final long[] bounds;
    private final double divisor;
    private final LongAdder[] counts;
    private final LongAdder sum = new LongAdder();

    private Histogram(long firstBound, int buckets, double divisor) {
        this.bounds = new long[buckets];
        this.divisor = divisor;
        this.counts = new LongAdder[buckets + 1];
        for (int i = 0; i < buckets; i++) {
            bounds[i] = firstBound << i;
        }
        for (int i = 0; i <= buckets; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** Durations that are recorded in nanoseconds and shown in seconds. */
    public static Histogram ofSeconds(Duration firstBound, int buckets) {
        return new Histogram(firstBound.toNanos(), buckets, NANOS_PER_SECOND);
    }

    /** Numbers that are shown as they are recorded. */
    public static Histogram ofNumbers(long firstBound, int buckets) {
        return new Histogram(firstBound, buckets, 1);
    }

    /** Adds one value; a bound belongs to the bucket below it. */
    public void record(long value) {
        int bucket = 0;
        while (bucket < bounds.length && value > bounds[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        sum.add(value);
    }

    /** How many values were recorded. */
    public long count() {
        long count = 0;
        for (LongAdder bucket : counts) {
            count += bucket.sum();
        }
        return count;
    }

    /** What was recorded so far. */
    public Snapshot snapshot() {
        double[] upTo = new double[bounds.length];
        long[] cumulative = new long[counts.length];
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i].sum();
            cumulative[i] = seen;
            if (i < bounds.length) {
                upTo[i] = bounds[i] / divisor;
            }
        }
        return new Snapshot(upTo, cumulative, sum.sum() / divisor);
    }

    /**
     * A histogram at one moment, in the unit in which it is shown.
     *
     * @param bounds upper bounds, ascending
     * @param cumulative how many values were at most each bound; the last one counts all
     * @param sum of all values
     */
    @SuppressWarnings("ArrayRecordComponent") // made anew for each look
    public record Snapshot(double[] bounds, long[] cumulative, double sum) {}
}
