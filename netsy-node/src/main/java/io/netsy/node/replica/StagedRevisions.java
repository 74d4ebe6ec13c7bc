package io.netsy.node.replica;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.RevisionId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The revisions that are sequenced and not yet in the file, in order of id: a queue with a binary search.
 *
 * <p>The sequencer appends and discards at the end, the writer's thread releases at the front; both under this object's
 * lock. Readers take no lock: they search between two counters and search again when the front moved meanwhile. A
 * reader may miss a revision that is released while it looks, which is then in the value cache or in the file already.
 */
final class StagedRevisions {
    private static final int INITIAL_SLOTS = 1024;
    private static final long NOTHING = Long.MAX_VALUE;

    /** A power of two long; the revision of sequence number n is in slot n modulo the length. */
    private volatile @Nullable Staged[] ring = new Staged[INITIAL_SLOTS];

    private volatile long head;
    private volatile long tail;
    /** How many revisions were ever committed. */
    private long committed;

    private long committedId;
    private long lastId;

    /** One change that waits. */
    private record Staged(long revisionId, Change change) {
        StoredRevision stored() {
            return toStored(revisionId, change);
        }
    }

    static StoredRevision toStored(long revisionId, Change change) {
        return switch (change) {
            case Change.Put put ->
                new StoredRevision(
                        revisionId, put.key(), put.value(), put.createRevision(), put.version(), put.leaseId());
            case Change.Delete delete -> new StoredRevision(revisionId, delete.key(), Bytes.EMPTY, 0, 0, 0);
        };
    }

    /** The revision an entry makes, or 0. */
    static long revisionOf(Entry entry) {
        return switch (entry) {
            case Entry.Transaction transaction -> transaction.revision();
            case Entry.LeaseRevoke revoke -> revoke.deletes().isEmpty() ? 0 : revoke.revision();
            case Entry.LeaseGrant ignored -> 0;
            case Entry.LeaseCheckpoint ignored -> 0;
            case Entry.Compaction ignored -> 0;
            case Entry.RevisionBump ignored -> 0;
            case Entry.AlarmChange ignored -> 0;
            case Entry.AuthChange ignored -> 0;
            case Entry.MembershipChange ignored -> 0;
            case Entry.TermStart ignored -> 0;
        };
    }

    static List<Change> changesOf(Entry entry) {
        return switch (entry) {
            case Entry.Transaction transaction -> transaction.changes();
            case Entry.LeaseRevoke revoke -> revoke.deletes();
            case Entry.LeaseGrant ignored -> List.of();
            case Entry.LeaseCheckpoint ignored -> List.of();
            case Entry.Compaction ignored -> List.of();
            case Entry.RevisionBump ignored -> List.of();
            case Entry.AlarmChange ignored -> List.of();
            case Entry.AuthChange ignored -> List.of();
            case Entry.MembershipChange ignored -> List.of();
            case Entry.TermStart ignored -> List.of();
        };
    }

    /** Appends the changes of an entry. */
    synchronized void stage(Entry entry) {
        List<Change> changes = changesOf(entry);
        if (changes.isEmpty()) {
            return;
        }
        long revision = revisionOf(entry);
        if (RevisionId.pack(revision, 0) <= lastId) {
            throw new IllegalArgumentException(
                    "revision %d staged after revision %d".formatted(revision, RevisionId.main(lastId)));
        }
        for (int sub = 0; sub < changes.size(); sub++) {
            append(new Staged(RevisionId.pack(revision, sub), changes.get(sub)));
        }
    }

    private void append(Staged staged) {
        @Nullable Staged[] slots = ring;
        if (tail - head == slots.length) {
            slots = grown(slots);
            ring = slots;
        }
        slots[(int) tail & (slots.length - 1)] = staged;
        lastId = staged.revisionId;
        long next = tail + 1;
        tail = next;
    }

    private @Nullable Staged[] grown(@Nullable Staged[] slots) {
        @Nullable Staged[] twice = new Staged[slots.length * 2];
        for (long i = head; i < tail; i++) {
            twice[(int) i & (twice.length - 1)] = slots[(int) i & (slots.length - 1)];
        }
        return twice;
    }

    /** Makes an entry's revisions safe from {@link #discard}; stages it first if nobody did. Answers how many there are. */
    synchronized int commit(Entry entry) {
        int count = changesOf(entry).size();
        if (count > 0) {
            if (committed == tail) {
                stage(entry);
            }
            Staged first = ring[(int) committed & (ring.length - 1)];
            long expected = RevisionId.pack(revisionOf(entry), 0);
            if (first == null || first.revisionId != expected) {
                throw new IllegalArgumentException(
                        "revision %d committed, but %s is the next one staged".formatted(revisionOf(entry), first));
            }
            committed += count;
            committedId = RevisionId.pack(revisionOf(entry), count - 1);
        }
        return count;
    }

    /**
     * Forgets what was staged and not committed. The slots keep what they hold until they are used again: a reader that
     * still counts them in finds ids there that are above every committed one, so its search stays right.
     */
    synchronized void discard() {
        tail = committed;
        lastId = committedId;
    }

    /** Forgets the oldest revisions: they are in the file now. */
    synchronized void release(int count) {
        long from = head;
        head = from + count;
        for (long i = from; i < from + count; i++) {
            ring[(int) i & (ring.length - 1)] = null;
        }
    }

    /** A revision that waits, or null. */
    @Nullable
    StoredRevision find(long revisionId) {
        Staged staged = search(revisionId);
        return staged == null ? null : staged.stored();
    }

    /** The value of a revision that waits, or null. */
    @Nullable
    Bytes value(long revisionId) {
        Staged staged = search(revisionId);
        return staged != null && staged.change instanceof Change.Put put ? put.value() : null;
    }

    private @Nullable Staged search(long revisionId) {
        while (true) {
            long from = head;
            long to = tail;
            @Nullable Staged[] slots = ring;
            long at = lowerBound(slots, from, to, revisionId);
            Staged found = at >= 0 && at < to ? slots[(int) at & (slots.length - 1)] : null;
            if (found != null && found.revisionId == revisionId) {
                return found;
            }
            if (head == from) {
                return null;
            }
        }
    }

    /** The first place whose id is not below, {@code to} when there is none, negative when the queue moved meanwhile. */
    private static long lowerBound(@Nullable Staged[] slots, long from, long to, long revisionId) {
        long low = from;
        long high = to;
        while (low < high) {
            long middle = (low + high) >>> 1;
            Staged staged = slots[(int) middle & (slots.length - 1)];
            if (staged == null) {
                return -1;
            }
            if (staged.revisionId < revisionId) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Every revision below this id is in the file, or nowhere. */
    synchronized long firstId() {
        Staged first = head == tail ? null : ring[(int) head & (ring.length - 1)];
        return first == null ? NOTHING : first.revisionId;
    }

    /**
     * Revisions from {@code fromId} to {@code toId}, both inclusive, at most {@code limit}; null when some of them may
     * have gone to the file already.
     */
    synchronized @Nullable List<StoredRevision> between(long fromId, long toId, int limit) {
        if (fromId < firstId()) {
            return null;
        }
        List<StoredRevision> found = new ArrayList<>();
        for (long i = lowerBound(ring, head, tail, fromId); i < tail && found.size() < limit; i++) {
            Staged staged = ring[(int) i & (ring.length - 1)];
            if (staged == null || staged.revisionId > toId) {
                break;
            }
            found.add(staged.stored());
        }
        return found;
    }
}
