package io.netsy.etcd.maintenance;

import io.netsy.etcd.maintenance.HashMemory.Pending;
import io.netsy.etcd.port.CommitListener;
import io.netsy.etcd.port.PurgeWitness;
import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Computes the hash of every compaction while its history is still there, as etcd does while it compacts (etcd semantics,
 * section 15). Safe for any thread.
 */
public final class CompactionHashes implements CommitListener, PurgeWitness {
    /** About what one read of a disk takes some ten milliseconds for. */
    private static final long BYTES_PER_STEP = 4 << 20;

    /** What a revision costs besides its key and value. */
    private static final int REVISION_BYTES = 64;

    private final StateSource states;
    private final RevisionStore revisions;
    private final HashMemory memory = new HashMemory();

    public CompactionHashes(StateSource states, RevisionStore revisions) {
        this.states = states;
        this.revisions = revisions;
    }

    /** To be called with the state from which the commits that are told go on, before the first of them. */
    public void start(StoreState state) {
        memory.start(state);
    }

    @Override
    public void onCommitted(Commit commit) {
        for (Entry entry : commit.entries()) {
            if (entry instanceof Entry.Compaction compaction) {
                memory.compacted(compaction.revision());
            }
        }
    }

    @Override
    public void beforePurge(long compactRevision, Pace pace) throws InterruptedException {
        for (Pending compaction : memory.pendingUpTo(compactRevision)) {
            memory.learn(hash(compaction, new Step(pace)));
        }
    }

    /**
     * The hash of a revision that was compacted to, as it was before, if that is known or can still be computed, which
     * blocks.
     */
    @Nullable
    KvHash of(long compactRevision) {
        Pending compaction = memory.pending(compactRevision);
        if (compaction != null) {
            HistoryHasher hasher = hasher(compaction);
            revisions.scan(0, hasher.lastId(), hasher::add);
            // While it is pending, no purge has taken anything of it.
            if (memory.pending(compactRevision) != null) {
                return hasher.hash();
            }
        }
        return memory.known(compactRevision);
    }

    private KvHash hash(Pending compaction, Step step) throws InterruptedException {
        HistoryHasher hasher = hasher(compaction);
        revisions.scan(0, hasher.lastId(), stored -> hasher.add(stored) && step.next(stored));
        step.checkInterrupted();
        return hasher.hash();
    }

    private HistoryHasher hasher(Pending compaction) {
        return new HistoryHasher(states.committed().state(), compaction.revision(), compaction.compactRevisionBefore());
    }

    /** Rests after every step. */
    private static final class Step {
        private final Pace pace;
        private long bytes;
        private @Nullable InterruptedException interrupted;

        Step(Pace pace) {
            this.pace = pace;
        }

        /** Whether to go on. */
        boolean next(StoredRevision stored) {
            bytes += REVISION_BYTES + stored.key().length() + stored.value().length();
            if (bytes >= BYTES_PER_STEP) {
                bytes = 0;
                try {
                    pace.rest();
                } catch (InterruptedException e) {
                    interrupted = e;
                    return false;
                }
            }
            return true;
        }

        void checkInterrupted() throws InterruptedException {
            if (interrupted != null) {
                throw interrupted;
            }
        }
    }
}
