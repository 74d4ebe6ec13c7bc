package io.netsy.etcd.watch;

import io.netsy.etcd.port.RevisionStore;
import io.netsy.replication.model.Bytes;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A revision store that lets a test step in before each read and between the rows of a scan. */
final class HookedRevisions implements RevisionStore {
    private final RevisionStore revisions;

    /** Runs before a read that may block, and between the rows of a scan. */
    Runnable onBlockingRead = () -> {};

    /** Runs before a look into memory. */
    Runnable onCachedRead = () -> {};

    HookedRevisions(RevisionStore revisions) {
        this.revisions = revisions;
    }

    @Override
    public @Nullable Bytes cachedValue(long revisionId) {
        onCachedRead.run();
        return revisions.cachedValue(revisionId);
    }

    @Override
    public @Nullable Bytes[] values(long[] revisionIds) {
        onBlockingRead.run();
        return revisions.values(revisionIds);
    }

    @Override
    public @Nullable StoredRevision revision(long revisionId) {
        onBlockingRead.run();
        return revisions.revision(revisionId);
    }

    @Override
    public void scan(long fromId, long toId, Predicate<StoredRevision> visitor) {
        onBlockingRead.run();
        revisions.scan(fromId, toId, row -> {
            boolean more = visitor.test(row);
            onBlockingRead.run();
            return more;
        });
    }
}
