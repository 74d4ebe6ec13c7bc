package io.netsy.etcd.maintenance;

import io.netsy.etcd.state.StoreState;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The hashes that outlive a compaction: the hash of a revision that is compacted to stays what it was before, so that
 * members that compact at different moments can be compared (etcd semantics, section 15). Like etcd's they are lost at a
 * restart. Safe for any thread.
 *
 * <p>A compaction is pending from its commit until {@link CompactionHashes} computed its hash, before the purge.
 */
final class HashMemory {
    private static final int KEPT = 10;

    private long compactRevision = StoreState.EMPTY.compactRevision();

    /** By compaction, the one before it. */
    private final NavigableMap<Long, Long> pending = new TreeMap<>();

    private final NavigableMap<Long, KvHash> known = new TreeMap<>();

    /** A compaction whose hash is not known yet. */
    record Pending(long revision, long compactRevisionBefore) {}

    /** The state from which the commits that are told go on. */
    synchronized void start(StoreState state) {
        compactRevision = state.compactRevision();
    }

    /** A compaction was committed. */
    synchronized void compacted(long revision) {
        pending.put(revision, compactRevision);
        compactRevision = revision;
    }

    /** The hash of a revision that was compacted to, as it was before, if it is known. */
    synchronized @Nullable KvHash known(long revision) {
        return known.get(revision);
    }

    /** A compaction to this very revision, if it is pending. */
    synchronized @Nullable Pending pending(long revision) {
        Long before = pending.get(revision);
        return before == null ? null : new Pending(revision, before);
    }

    /** The pending compactions up to one, oldest first. */
    synchronized List<Pending> pendingUpTo(long revision) {
        List<Pending> found = new ArrayList<>();
        pending.headMap(revision, true).forEach((at, before) -> found.add(new Pending(at, before)));
        return found;
    }

    /** Keeps the hash of a compaction, which is no longer pending. */
    synchronized void learn(KvHash hash) {
        pending.remove(hash.revision());
        known.put(hash.revision(), hash);
        if (known.size() > KEPT) {
            known.pollFirstEntry();
        }
    }
}
