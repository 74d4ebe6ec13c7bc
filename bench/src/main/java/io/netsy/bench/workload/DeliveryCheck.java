package io.netsy.bench.workload;

import io.netsy.bench.stats.ErrorCounts;
import java.util.BitSet;

/**
 * Whether each watcher got each acknowledged write exactly once, in the order of revisions.
 *
 * <p>Watchers are in groups; all of a group expect the same writes. An event of a write whose answer was lost is
 * welcome, since the write may have happened. For one thread.
 */
final class DeliveryCheck {
    private final int groups;
    private final long firstRevision;
    private final BitSet[] received;
    private final long[] newest;
    private final BitSet[] acknowledged;
    private final int[] acknowledgedCount;
    private final ErrorCounts broken = new ErrorCounts();

    /**
     * @param watchers watcher w is in group {@code w % groups}
     * @param firstRevision no watched write has a lower one
     */
    DeliveryCheck(int watchers, int groups, long firstRevision) {
        this.groups = groups;
        this.firstRevision = firstRevision;
        received = emptySets(watchers);
        newest = new long[watchers];
        acknowledged = emptySets(groups);
        acknowledgedCount = new int[groups];
    }

    private static BitSet[] emptySets(int count) {
        BitSet[] sets = new BitSet[count];
        for (int i = 0; i < count; i++) {
            sets[i] = new BitSet();
        }
        return sets;
    }

    /** A write was acknowledged that this group watches. */
    void acknowledge(int group, long revision) {
        acknowledged[group].set(bit(revision));
        acknowledgedCount[group]++;
    }

    /** A watcher got the event of this revision. */
    void deliver(int watcher, long revision) {
        BitSet seen = received[watcher];
        int bit = bit(revision);
        if (seen.get(bit)) {
            broken.add("EventDuplicated", 1);
        } else if (revision < newest[watcher]) {
            broken.add("EventOutOfOrder", 1);
        }
        seen.set(bit);
        newest[watcher] = Math.max(newest[watcher], revision);
    }

    private int bit(long revision) {
        return Math.toIntExact(revision - firstRevision);
    }

    /** Whether no watcher misses an acknowledged write. */
    boolean isComplete() {
        for (int watcher = 0; watcher < received.length; watcher++) {
            int group = watcher % groups;
            if (received[watcher].cardinality() < acknowledgedCount[group] || missing(watcher) > 0) {
                return false;
            }
        }
        return true;
    }

    private long missing(int watcher) {
        BitSet left = (BitSet) acknowledged[watcher % groups].clone();
        left.andNot(received[watcher]);
        return left.cardinality();
    }

    /**
     * What was broken, with the events that are still missing, and those of writes that nobody made.
     *
     * @param unanswered writes whose answer was lost
     */
    ErrorCounts verdict(long unanswered) {
        ErrorCounts all = new ErrorCounts();
        all.addAll(broken);
        for (int watcher = 0; watcher < received.length; watcher++) {
            all.add("EventMissing", missing(watcher));
            BitSet unexpected = (BitSet) received[watcher].clone();
            unexpected.andNot(acknowledged[watcher % groups]);
            all.add("EventUnexpected", unexpected.cardinality() - unanswered);
        }
        return all;
    }
}
