package io.netsy.etcd.lease;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.error.EtcdException;
import io.netsy.etcd.port.Proposer;
import io.netsy.etcd.rpc.Failures;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver that ends leases whose time is over, and logs checkpoints of the others (etcd semantics, section 12). Its
 * owner calls {@link #tick} every {@link #INTERVAL} while this node is primary.
 */
public final class LeaseExpiry {
    /** How often {@link #tick} is to be called. */
    public static final Duration INTERVAL = Duration.ofMillis(500);

    private static final int EXPIRIES_PER_TICK = 500;

    /**
     * Enough that a commit takes many of them, so that expiry keeps up with {@link LeaseClock}'s spreading even where a
     * commit takes a tenth of a second; few enough that a write waits for no more than these.
     */
    static final int MAX_REVOKES_IN_FLIGHT = 128;

    private static final int CHECKPOINTS_PER_ENTRY = 1_000;
    private static final int CHECKPOINT_ENTRIES_PER_TICK = 10;

    private static final Logger LOG = LoggerFactory.getLogger(LeaseExpiry.class);

    private final Proposer proposer;
    private final LeaseClock clock;
    private final LeaseRevoker revoker;
    private final Queue<TimedLease> expired = new ConcurrentLinkedQueue<>();
    private final AtomicInteger expiredCount = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger wakeUps = new AtomicInteger();
    private final Queue<FailedRevoke> failed = new ConcurrentLinkedQueue<>();

    private record FailedRevoke(long leaseId, Throwable reason) {}

    public LeaseExpiry(Proposer proposer, LeaseClock clock) {
        this.proposer = proposer;
        this.clock = clock;
        this.revoker = new LeaseRevoker(proposer, clock);
    }

    /**
     * One pass, by one thread at a time; never blocks.
     *
     * @param nowNanos by the clock that the {@link LeaseClock} was given
     */
    public void tick(long nowNanos) {
        reportFailures();
        revoker.settleUnknown(EXPIRIES_PER_TICK);
        List<TimedLease> taken = clock.takeExpired(nowNanos, EXPIRIES_PER_TICK - expiredCount.get());
        expiredCount.addAndGet(taken.size());
        expired.addAll(taken);
        revokeWaiting();
        logCheckpoints(nowNanos);
    }

    /**
     * Proposes revokes until enough are in flight. Completions come here too, on other threads or on this one within
     * {@code propose}: whoever comes while another is at it leaves the work to it.
     */
    private void revokeWaiting() {
        if (wakeUps.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            while (inFlight.get() < MAX_REVOKES_IN_FLIGHT) {
                TimedLease lease = expired.poll();
                if (lease == null) {
                    break;
                }
                expiredCount.decrementAndGet();
                inFlight.incrementAndGet();
                var _ = revoker.revokeTaken(lease).whenComplete((revision, failure) -> settled(lease, failure));
            }
            seen = wakeUps.addAndGet(-seen);
        } while (seen > 0);
    }

    private void settled(TimedLease lease, Throwable failure) {
        inFlight.decrementAndGet();
        if (failure == null) {
            clock.counters().expired.increment();
        }
        if (failure != null && !isGone(failure)) {
            failed.add(new FailedRevoke(lease.id, Failures.unwrap(failure)));
        }
        revokeWaiting();
    }

    /** One line for all revokes that failed since the last pass. */
    private void reportFailures() {
        FailedRevoke first = failed.poll();
        if (first == null) {
            return;
        }
        int count = 1;
        while (failed.poll() != null) {
            count++;
        }
        LOG.warn(
                "event=lease_revokes_failed count={} lease={} reason=\"{}\" action=\"will be tried again\"",
                count,
                Long.toHexString(first.leaseId),
                first.reason.getMessage());
    }

    private static boolean isGone(Throwable failure) {
        return Failures.unwrap(failure) instanceof EtcdException rejected
                && rejected.error() == EtcdError.LEASE_NOT_FOUND;
    }

    private void logCheckpoints(long nowNanos) {
        for (int i = 0; i < CHECKPOINT_ENTRIES_PER_TICK; i++) {
            List<TimedLease> due = clock.takeCheckpoints(nowNanos, CHECKPOINTS_PER_ENTRY);
            if (due.isEmpty()) {
                return;
            }
            // A checkpoint that fails costs nothing but itself: the next one is due in one interval.
            var _ = proposer.propose(LeaseProposals.checkpoint(due, clock));
        }
    }
}
