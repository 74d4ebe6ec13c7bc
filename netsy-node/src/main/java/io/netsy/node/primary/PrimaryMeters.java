package io.netsy.node.primary;

import io.netsy.etcd.meter.Histogram;
import io.netsy.etcd.port.Operation;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The figures of all terms that this process was primary in. Safe for any thread; counting neither locks nor allocates.
 *
 * <p>Most are kept by the sequencer's thread alone, so that nobody contends for them.
 */
public final class PrimaryMeters {
    /** An evaluation that takes longer is slow (etcd semantics, section 2). */
    public static final Duration SLOW = Duration.ofMillis(100);

    private static final long SLOW_NANOS = SLOW.toNanos();

    private final Histogram durable = Histogram.ofSeconds(Duration.ofMillis(1), 14);
    private final Map<Operation, Histogram> applied = evaluations();
    private final Map<Operation, Histogram> refused = evaluations();
    private final LongAdder slow = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder failedReads = new LongAdder();
    private final LongAdder slowReads = new LongAdder();
    private final LongAdder terms = new LongAdder();
    private final LongAdder failedLooks = new LongAdder();
    private final LongAdder failedPuts = new LongAdder();
    private final AtomicInteger pending = new AtomicInteger();

    private static Map<Operation, Histogram> evaluations() {
        Map<Operation, Histogram> histograms = new EnumMap<>(Operation.class);
        for (Operation operation : Operation.values()) {
            histograms.put(operation, Histogram.ofSeconds(Duration.ofNanos(100_000), 20));
        }
        return histograms;
    }

    private static Histogram of(Map<Operation, Histogram> histograms, Operation operation) {
        return Objects.requireNonNull(histograms.get(operation));
    }

    /** Time from the end of a batch to its durability under the level in force. */
    public Histogram durable() {
        return durable;
    }

    /** Time to evaluate proposals that were answered. */
    public Histogram applied(Operation operation) {
        return of(applied, operation);
    }

    /** Time to evaluate proposals that the state refused. */
    public Histogram refused(Operation operation) {
        return of(refused, operation);
    }

    /** Evaluations that took longer than {@link #SLOW}. */
    public long slowEvaluations() {
        return slow.sum();
    }

    /** Proposals that ended without a definite answer: timed out, or no primary. */
    public long failedProposals() {
        return failed.sum();
    }

    /** Proposals that wait to be evaluated or to become durable. */
    public int pendingProposals() {
        return pending.get();
    }

    /** Linearizable reads that ended because this node was not primary. */
    public long failedReads() {
        return failedReads.sum();
    }

    /** Linearizable reads that were given up on because nothing confirmed this primary in time. */
    public long slowReads() {
        return slowReads.sum();
    }

    /** How often this process began to serve as primary. */
    public long termsServed() {
        return terms.sum();
    }

    /** Looks at the term register that failed. */
    public long failedLooks() {
        return failedLooks.sum();
    }

    /** Attempts to put a chunk that failed; each is tried again or settled by reading back. */
    public long failedPuts() {
        return failedPuts.sum();
    }

    void durableAfter(long nanos) {
        durable.record(nanos);
    }

    void evaluated(Operation operation, boolean answered, long nanos) {
        of(answered ? applied : refused, operation).record(nanos);
        if (nanos > SLOW_NANOS) {
            slow.increment();
        }
    }

    void proposalsFailed(int count) {
        failed.add(count);
    }

    /** For the sequencer's thread: readers may see it a little later. */
    void pending(int proposals) {
        pending.lazySet(proposals);
    }

    void readsFailed(int count) {
        failedReads.add(count);
    }

    void readsSlow(int count) {
        slowReads.add(count);
    }

    void termServed() {
        terms.increment();
    }

    void lookFailed() {
        failedLooks.increment();
    }

    void putFailed() {
        failedPuts.increment();
    }
}
