package io.netsy.etcd.lease;

import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.state.LeaseRecord;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of all leases, counted by the primary alone (etcd semantics, section 12).
 *
 * <p>Deadlines are not in the log: a renewal changes memory only. What is logged are grants, revokes and checkpoints,
 * and of those the clock learns as they are committed. All times are of one monotonic clock; a lease never ends early,
 * so deadlines are rounded up and the present is rounded down.
 *
 * <p>Safe for any thread. Every method takes time that does not grow with the number of leases, except {@link #start}
 * and {@link #byRemainingTime}.
 */
public final class LeaseClock implements CommitListener {
    /** More leases than this may expire together after a start without being spread out. */
    private static final int UNSPREAD = 1_000;

    /** How many leases may expire within one second after a start: fewer than expiry revokes, so that it keeps up. */
    private static final int SPREAD_PER_SECOND = 750;

    /** How long after a revoke that failed the next one is due. */
    private static final long RETRY_MILLIS = 3_000;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final LongSupplier nanoClock;
    private final long originNanos;
    private final long checkpointMillis;
    private final LeaseTable leases = new LeaseTable();
    private final DueQueue expiries = new DueQueue();
    private final DueQueue checkpoints = new DueQueue();
    private final Queue<TimedLease> unsettled = new ArrayDeque<>();
    private final LeaseCounters counters = new LeaseCounters();
    private boolean serving;

    /** @param nanoClock a monotonic clock, of which only differences count */
    public LeaseClock(LongSupplier nanoClock, LeaseSettings settings) {
        this.nanoClock = nanoClock;
        this.originNanos = nanoClock.getAsLong();
        this.checkpointMillis = settings.checkpointInterval().toMillis();
    }

    /**
     * Begins to count as the new primary: each lease has its full time, or what its checkpoint left of it, from now on.
     * Called before the first commit of the term is reported, or between two.
     */
    public void start(StoreState state) {
        stop();
        synchronized (this) {
            serving = true;
            addAll(state);
        }
    }

    private void addAll(StoreState state) {
        long nowMillis = ceilingMillis(nanoClock.getAsLong());
        List<TimedLease> all = new ArrayList<>(state.leases().size());
        state.leases().iterator().forEachRemaining(lease -> all.add(timed(lease, nowMillis)));
        if (all.size() > UNSPREAD) {
            spread(all);
        }
        all.forEach(lease -> add(lease, nowMillis));
    }

    private static TimedLease timed(LeaseRecord lease, long nowMillis) {
        long seconds = lease.remainingSeconds() > 0 ? lease.remainingSeconds() : lease.ttlSeconds();
        TimedLease timed = new TimedLease(lease.id(), lease.ttlSeconds(), nowMillis + seconds * 1_000);
        timed.checkpointed = lease.remainingSeconds() > 0;
        return timed;
    }

    /** Puts off deadlines so that no more than {@link #SPREAD_PER_SECOND} of them lie within any one second. */
    private static void spread(List<TimedLease> all) {
        all.sort(Comparator.comparingLong(lease -> lease.deadlineMillis));
        for (int i = SPREAD_PER_SECOND; i < all.size(); i++) {
            TimedLease lease = all.get(i);
            long earliest = all.get(i - SPREAD_PER_SECOND).deadlineMillis + 1_000;
            lease.deadlineMillis = Math.max(lease.deadlineMillis, earliest);
        }
    }

    /** Ceases to count: this node is no longer primary. Whoever waits for a lease to end is told so. */
    public void stop() {
        List<CompletableFuture<Boolean>> ends;
        synchronized (this) {
            ends = leases.all().stream()
                    .map(lease -> lease.end)
                    .filter(Objects::nonNull)
                    .toList();
            serving = false;
            leases.clear();
            expiries.clear();
            checkpoints.clear();
            unsettled.clear();
        }
        ends.forEach(end -> end.completeExceptionally(EtcdError.LEADER_CHANGED.exception()));
    }

    @Override
    public void onCommitted(Commit commit) {
        for (Entry entry : commit.entries()) {
            switch (entry) {
                case Entry.LeaseGrant grant -> {
                    counters.granted.increment();
                    granted(grant);
                }
                case Entry.LeaseRevoke revoke -> {
                    counters.revoked(revoke.deletes().size());
                    revoked(revoke.leaseId());
                }
                case Entry.Transaction _,
                        Entry.LeaseCheckpoint _,
                        Entry.Compaction _,
                        Entry.RevisionBump _,
                        Entry.AlarmChange _,
                        Entry.AuthChange _,
                        Entry.MembershipChange _,
                        Entry.TermStart _ -> {}
            }
        }
    }

    private synchronized void granted(Entry.LeaseGrant grant) {
        if (serving && leases.get(grant.leaseId()) == null) {
            long nowMillis = ceilingMillis(nanoClock.getAsLong());
            add(new TimedLease(grant.leaseId(), grant.ttlSeconds(), nowMillis + grant.ttlSeconds() * 1_000), nowMillis);
        }
    }

    private void add(TimedLease lease, long nowMillis) {
        leases.add(lease);
        expiries.add(lease.deadlineMillis, lease);
        queueCheckpoint(lease, nowMillis);
    }

    private void revoked(long id) {
        CompletableFuture<Boolean> end;
        synchronized (this) {
            TimedLease lease = leases.remove(id);
            end = lease == null ? null : lease.end;
            expiries.trim(leases);
            checkpoints.trim(leases);
        }
        if (end != null) {
            end.complete(true);
        }
    }

    /** Gives a lease its full time again, unless it is ending. */
    synchronized Renewal renew(long id) {
        if (!serving) {
            return new Renewal.NotPrimary();
        }
        TimedLease lease = leases.get(id);
        if (lease == null) {
            return new Renewal.Unknown();
        }
        long nowNanos = nanoClock.getAsLong();
        if (lease.revokesInFlight > 0 || floorMillis(nowNanos) >= lease.deadlineMillis) {
            if (lease.end == null) {
                lease.end = new CompletableFuture<>();
            }
            return new Renewal.Ending(lease.end);
        }
        long nowMillis = ceilingMillis(nowNanos);
        lease.deadlineMillis = Math.max(lease.deadlineMillis, nowMillis + lease.ttlSeconds * 1_000);
        queueCheckpoint(lease, nowMillis);
        return lease.checkpointed
                ? new Renewal.Checkpointed(lease, lease.checkpointsSequenced)
                : new Renewal.Renewed(lease.ttlSeconds);
    }

    /** A clearing that was proposed when this checkpoint was the newest has been committed. */
    synchronized void checkpointCleared(Renewal.Checkpointed renewal) {
        if (renewal.lease().checkpointsSequenced == renewal.checkpoint()) {
            renewal.lease().checkpointed = false;
        }
    }

    /** A revoke is about to be proposed: from now on the lease is not renewed. Null when the lease is not known. */
    synchronized @Nullable TimedLease revoking(long id) {
        TimedLease lease = leases.get(id);
        if (lease != null) {
            lease.revokesInFlight++;
        }
        return lease;
    }

    /** The outcome of the revoke is unknown: until it is settled the lease is neither renewed nor revoked again. */
    synchronized void revokeUnknown(TimedLease lease) {
        unsettled.add(lease);
    }

    /** Takes leases of which {@link #revokeUnknown} told, at most so many, for their owner to find out. */
    synchronized List<TimedLease> takeUnsettled(int limit) {
        List<TimedLease> taken = new ArrayList<>();
        while (taken.size() < limit && !unsettled.isEmpty()) {
            TimedLease lease = unsettled.remove();
            if (leases.holds(lease)) {
                taken.add(lease);
            }
        }
        return taken;
    }

    /** The revoke was refused and never will have an effect: an expired lease is due again soon, another lives on. */
    void revokeFailed(TimedLease lease) {
        CompletableFuture<Boolean> end = null;
        synchronized (this) {
            lease.revokesInFlight--;
            if (!leases.holds(lease)) {
                return;
            }
            long nowMillis = floorMillis(nanoClock.getAsLong());
            if (nowMillis >= lease.deadlineMillis) {
                expiries.add(nowMillis + RETRY_MILLIS, lease);
            } else if (lease.revokesInFlight == 0) {
                end = lease.end;
                lease.end = null;
            }
        }
        if (end != null) {
            end.complete(false);
        }
    }

    /**
     * Takes leases whose time is over, at most so many, as about to be revoked. One that is being revoked already is
     * left out: should that fail, {@link #revokeFailed} brings it back.
     */
    synchronized List<TimedLease> takeExpired(long nowNanos, int limit) {
        long nowMillis = floorMillis(nowNanos);
        List<TimedLease> expired = new ArrayList<>();
        while (expired.size() < limit) {
            TimedLease lease = expiries.poll(nowMillis);
            if (lease == null) {
                break;
            }
            if (!leases.holds(lease)) {
                continue;
            }
            if (nowMillis < lease.deadlineMillis) {
                expiries.add(lease.deadlineMillis, lease);
            } else if (lease.revokesInFlight == 0) {
                lease.revokesInFlight++;
                expired.add(lease);
            }
        }
        return expired;
    }

    private void queueCheckpoint(TimedLease lease, long nowMillis) {
        if (!lease.checkpointQueued && lease.deadlineMillis - nowMillis > checkpointMillis) {
            lease.checkpointQueued = true;
            checkpoints.add(nowMillis + checkpointMillis, lease);
        }
    }

    /** Takes leases whose checkpoint is due, at most so many, as about to be proposed. */
    synchronized List<TimedLease> takeCheckpoints(long nowNanos, int limit) {
        long nowMillis = floorMillis(nowNanos);
        List<TimedLease> due = new ArrayList<>();
        while (due.size() < limit) {
            TimedLease lease = checkpoints.poll(nowMillis);
            if (lease == null) {
                break;
            }
            if (!leases.holds(lease)) {
                continue;
            }
            lease.checkpointQueued = false;
            queueCheckpoint(lease, nowMillis);
            if (leftToLog(lease).isPresent()) {
                due.add(lease);
            }
        }
        return due;
    }

    /**
     * What is left of a lease, in seconds, at the moment its checkpoint is sequenced; empty when there is nothing to log.
     * A renewal before this moment counts in what is logged, one after it clears what is logged: so no checkpoint ever
     * cuts short what a keepalive promised.
     */
    synchronized OptionalLong checkpointing(TimedLease lease) {
        OptionalLong left = leases.holds(lease) ? leftToLog(lease) : OptionalLong.empty();
        if (left.isPresent()) {
            lease.checkpointed = true;
            lease.checkpointsSequenced++;
        }
        return left;
    }

    private OptionalLong leftToLog(TimedLease lease) {
        long leftMillis = lease.deadlineMillis - floorMillis(nanoClock.getAsLong());
        long leftSeconds = Math.ceilDiv(leftMillis, 1_000L);
        return leftSeconds > 0 && leftSeconds < lease.ttlSeconds && lease.revokesInFlight == 0
                ? OptionalLong.of(leftSeconds)
                : OptionalLong.empty();
    }

    /** Milliseconds until a lease ends, negative once its time is over; empty when it is not known. */
    synchronized OptionalLong remainingMillis(long id) {
        TimedLease lease = leases.get(id);
        return lease == null
                ? OptionalLong.empty()
                : OptionalLong.of(lease.deadlineMillis - ceilingMillis(nanoClock.getAsLong()));
    }

    /** The ids of all leases, the one that ends next first. Sorted outside the lock: renewals go on meanwhile. */
    List<Long> byRemainingTime() {
        List<Deadline> deadlines;
        synchronized (this) {
            deadlines = new ArrayList<>(leases.size());
            leases.all().forEach(lease -> deadlines.add(new Deadline(lease.id, lease.deadlineMillis)));
        }
        deadlines.sort(Comparator.comparingLong(Deadline::atMillis));
        return deadlines.stream().map(Deadline::leaseId).toList();
    }

    private record Deadline(long leaseId, long atMillis) {}

    /** What happened to leases since this clock was made, as far as this node was told. */
    public LeaseStats stats() {
        return counters.snapshot();
    }

    LeaseCounters counters() {
        return counters;
    }

    /** Whether this node counts leases. */
    synchronized boolean isServing() {
        return serving;
    }

    /** Entries of the queues, those of ended leases included: bounded by the number of leases. */
    synchronized int queueSize() {
        return expiries.size() + checkpoints.size();
    }

    private long floorMillis(long nanos) {
        return Math.floorDiv(nanos - originNanos, NANOS_PER_MILLI);
    }

    private long ceilingMillis(long nanos) {
        return Math.ceilDiv(nanos - originNanos, NANOS_PER_MILLI);
    }
}
