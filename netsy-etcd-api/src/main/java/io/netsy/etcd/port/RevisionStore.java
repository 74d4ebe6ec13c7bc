package io.netsy.etcd.port;

import io.netsy.replication.model.Bytes;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The values of revisions, by {@link io.netsy.replication.model.RevisionId}: the replica behind the key index.
 *
 * <p>Safe for any thread. Only ids that the key index knows may be asked for; a revision that a compaction has taken
 * since is missing. A failing disk is an {@link java.io.UncheckedIOException}.
 */
public interface RevisionStore {
    /** The value if it is in memory, else null. Never blocks, so an event loop may call it. */
    @Nullable
    Bytes cachedValue(long revisionId);

    /**
     * Reads values, from memory or from disk; blocks.
     *
     * @param revisionIds in any order; must not be tombstones
     * @return the values in the same order; null where the revision is gone
     */
    @Nullable
    Bytes[] values(long[] revisionIds);

    /** One whole revision, from memory or from disk, or null when it is gone; blocks. */
    @Nullable
    StoredRevision revision(long revisionId);

    /** Visits stored revisions, tombstones included, in order of id from {@code fromId} to {@code toId} (both inclusive), until the visitor answers false; blocks. */
    void scan(long fromId, long toId, Predicate<StoredRevision> visitor);

    /**
     * One stored revision of a key.
     *
     * @param version 0 for a tombstone, which has no other field
     */
    record StoredRevision(long revisionId, Bytes key, Bytes value, long createRevision, long version, long leaseId) {}
}
