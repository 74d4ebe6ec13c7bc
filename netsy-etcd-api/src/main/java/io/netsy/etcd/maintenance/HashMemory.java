package io.netsy.etcd.maintenance;

import io.netsy.etcd.port.CommitListener;
import io.netsy.replication.model.Entry;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The hashes that must outlive a compaction: the hash of a revision that is compacted to stays what it was before, so
 * that members that compact at different moments can be compared (etcd semantics, section 15). Only hashes that somebody
 * asked for before the compaction are known; like etcd's they are lost at a restart. Safe for any thread.
 */
public final class HashMemory implements CommitListener {
    private static final int KEPT = 10;
    private static final int RECENT = 100;

    private final Map<Long, KvHash> sinceCompaction = new HashMap<>();
    private final TreeMap<Long, KvHash> ofCompactions = new TreeMap<>();

    /** The hash of a revision that was compacted to, as it was before, if it is known. */
    synchronized @Nullable KvHash ofCompaction(long revision) {
        return ofCompactions.get(revision);
    }

    /** Keeps a hash that was just computed, for the case that its revision is compacted to. */
    synchronized void remember(KvHash hash) {
        if (sinceCompaction.size() >= RECENT) {
            sinceCompaction.clear();
        }
        sinceCompaction.put(hash.revision(), hash);
    }

    @Override
    public void onCommitted(Commit commit) {
        for (Entry entry : commit.entries()) {
            if (entry instanceof Entry.Compaction compaction) {
                compacted(compaction.revision());
            }
        }
    }

    private synchronized void compacted(long revision) {
        KvHash hash = sinceCompaction.get(revision);
        if (hash != null) {
            ofCompactions.put(revision, hash);
            if (ofCompactions.size() > KEPT) {
                ofCompactions.pollFirstEntry();
            }
        }
        sinceCompaction.clear();
    }
}
