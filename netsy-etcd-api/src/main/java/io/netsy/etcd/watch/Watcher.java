package io.netsy.etcd.watch;

/**
 * One watcher of one stream.
 *
 * <p>The dispatcher owns all fields, except that a {@link ReplayPass} reads {@link #nextRevision} while the watcher is
 * in it, and that {@link #muted} belongs to the stream's {@link Outbox}.
 */
final class Watcher {
    final WatchStream stream;
    final long id;
    final WatchSpec spec;
    State state = State.NEW;

    /**
     * The first revision of which nothing was handed to the stream yet. While the watcher is live it is a lower bound:
     * the true one is the revision after the hub's.
     */
    long nextRevision;

    /** Whether the next tick reports progress: nothing was delivered since the last one. */
    boolean progressDue = true;

    /** Whether a previous value that was not in memory sent the watcher to history. */
    boolean lacksPrevious;

    /** Where the watcher stands in its group; for the group alone. */
    int position = -1;

    /** Whether no event may be queued any more; guarded by the outbox. */
    boolean muted;

    /** Where a watcher is on its way. */
    enum State {
        /** Not placed yet. */
        NEW,
        /** Up to date; in the index of those that commits are matched against. */
        LIVE,
        /** Waits for a start revision that is still to come. */
        FUTURE,
        /** Behind; served from history. */
        REPLAYING,
        /** Was told that its next revision is compacted; gets nothing more, and keeps its id until it is cancelled. */
        COMPACTED,
        /** Gone. */
        CLOSED
    }

    Watcher(WatchStream stream, long id, WatchSpec spec) {
        this.stream = stream;
        this.id = id;
        this.spec = spec;
    }
}
