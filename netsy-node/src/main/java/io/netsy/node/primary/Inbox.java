package io.netsy.node.primary;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The sequencer's two queues: what the protocol has to say, which comes first, and proposals. Any thread posts, one thread
 * runs.
 *
 * <p>Waking a thread costs a few microseconds, as much as evaluating a proposal. So while a chunk is on its way and
 * nothing is in a hurry, proposals wake the sequencer only in groups.
 */
final class Inbox {
    private static final int GROUP = 32;
    private static final long GROUP_WAIT_NANOS = 300_000;

    private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final Queue<Waiting> proposals = new ConcurrentLinkedQueue<>();
    private final AtomicInteger proposalCount = new AtomicInteger();
    private final AtomicLong proposalBytes = new AtomicLong();
    private volatile @Nullable Thread sleeper;
    private volatile boolean sleepsLightly;

    /** A proposal that waits, and what it keeps in memory. */
    private record Waiting(Runnable proposal, int sizeBytes) {}

    void post(Runnable event) {
        events.add(event);
        LockSupport.unpark(sleeper);
    }

    void postProposal(Runnable proposal, int sizeBytes) {
        proposals.add(new Waiting(proposal, sizeBytes));
        proposalBytes.addAndGet(sizeBytes);
        int count = proposalCount.incrementAndGet();
        Thread asleep = sleeper;
        if (asleep != null && (sleepsLightly || count % GROUP == 0)) {
            LockSupport.unpark(asleep);
        }
    }

    /** Proposals that wait. */
    int proposals() {
        return proposalCount.get();
    }

    /** Bytes that the waiting proposals keep in memory. */
    long proposalBytes() {
        return proposalBytes.get();
    }

    /** Runs all events, and at most so many proposals; answers whether there was anything. */
    boolean runSome(int maxProposals) {
        boolean worked = runEvents();
        for (int i = 0; i < maxProposals; i++) {
            Waiting next = proposals.poll();
            if (next == null) {
                break;
            }
            proposalCount.decrementAndGet();
            proposalBytes.addAndGet(-next.sizeBytes());
            next.proposal().run();
            worked = true;
        }
        return worked;
    }

    private boolean runEvents() {
        boolean worked = false;
        for (Runnable event = events.poll(); event != null; event = events.poll()) {
            event.run();
            worked = true;
        }
        return worked;
    }

    /**
     * Sleeps until something was posted or the time is over.
     *
     * @param lightly whether a single proposal is worth waking up for
     */
    void await(long nanos, boolean lightly) {
        sleepsLightly = lightly;
        sleeper = Thread.currentThread();
        boolean mayOversleep = !lightly && !proposals.isEmpty();
        if (events.isEmpty() && (proposals.isEmpty() || !lightly) && nanos > 0) {
            LockSupport.parkNanos(this, mayOversleep ? Math.min(nanos, GROUP_WAIT_NANOS) : nanos);
        }
        sleeper = null;
    }
}
