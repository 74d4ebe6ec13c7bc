package io.netsy.etcd.port;

import io.netsy.etcd.port.RevisionStore.StoredRevision;
import java.io.IOException;

/** The way to read everything that is stored at one moment, while writes and compactions go on. Safe for any thread. */
@FunctionalInterface
public interface HistoryExport {
    /**
     * Opens the newest committed state with its whole history; blocks until the store has all of it.
     *
     * @throws IOException when the disk fails, or takes too long
     */
    View open() throws IOException;

    /**
     * A state and its history. For one thread; to be closed soon, since the store grows while it is open.
     */
    interface View extends AutoCloseable {
        CommittedState at();

        /**
         * Visits by ascending id every revision up to that of the state, tombstones included. Of revisions that its
         * compaction made unreadable some may be among them.
         *
         * @throws IOException when the disk fails, and whatever the visitor throws
         */
        void visit(Visitor visitor) throws IOException;

        @Override
        void close() throws IOException;
    }

    /** Sees a stored revision. */
    @FunctionalInterface
    interface Visitor {
        void visit(StoredRevision revision) throws IOException;
    }
}
