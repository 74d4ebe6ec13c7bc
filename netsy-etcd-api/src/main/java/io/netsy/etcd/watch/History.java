package io.netsy.etcd.watch;

import io.netsy.etcd.port.RevisionStore;
import io.netsy.etcd.port.RevisionStore.StoredRevision;
import io.netsy.etcd.state.KeyRecord;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.RevisionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Past revisions, from memory where they are recent, else from the store. Safe for any thread; blocks. */
final class History {
    /** Rows looked at for each revision that is wanted, before a read ends so that others get their turn. */
    private static final int ROWS_PER_REVISION = 50;

    /** How much smaller reads are while too much waits for slow clients. */
    private static final int SHORTAGE_DIVISOR = 64;

    private final RevisionStore store;
    private final RecentRevisions recent;
    private final WatchSettings settings;
    private final WatchCounters counters;

    /**
     * What was read.
     *
     * @param revisions those with events for anyone, ascending
     * @param end the last revision that was looked at
     */
    record Read(List<WatchRevision> revisions, long end) {}

    History(RevisionStore store, RecentRevisions recent, WatchSettings settings, WatchCounters counters) {
        this.store = store;
        this.recent = recent;
        this.settings = settings;
        this.counters = counters;
    }

    /**
     * Reads whole revisions from {@code from} on, up to {@code to} or the bounds of one pass, at least one. The revision
     * of the last compaction is read from the store, which has lost what was overwritten within it, as etcd has; memory
     * has not, and an answer must not depend on what is in memory.
     *
     * @param wanted tells the keys whose events are kept
     * @param state a state at or after {@code to}, which knows each key's earlier revisions
     */
    Read read(long from, long to, WatcherIndex wanted, StoreState state) {
        if (from > to) {
            return new Read(List.of(), to);
        }
        int mostRevisions = settings.replay().revisionsPerPass();
        Optional<List<WatchRevision>> known =
                from > state.compactRevision() ? recent.slice(from, to, mostRevisions) : Optional.empty();
        if (known.isPresent()) {
            return new Read(known.get(), known.get().getLast().revision());
        }
        Collector collector = new Collector(wanted, state, to);
        store.scan(RevisionId.pack(from, 0), RevisionId.pack(to, RevisionId.MAX_SUB), collector);
        return collector.finish();
    }

    /** The revisions from {@code from} to {@code to} if all of them are in memory; never blocks. */
    Optional<List<WatchRevision>> recent(long from, long to) {
        return recent.slice(from, to, Integer.MAX_VALUE);
    }

    private long mostBytes() {
        long most = settings.replay().bytesPerPass();
        boolean shortage = counters.queuedBytes.get() >= settings.outbound().totalBytes();
        return shortage ? most / SHORTAGE_DIVISOR : most;
    }

    /** Gathers rows by revision until a pass is full. */
    private final class Collector implements Predicate<StoredRevision> {
        private final WatcherIndex wanted;
        private final StoreState state;
        private final long mostBytes = mostBytes();
        private final List<WatchRevision> revisions = new ArrayList<>();
        private List<WatchEvent> open = new ArrayList<>();
        private long openRevision;
        private long rows;
        private long bytes;
        private long end;

        Collector(WatcherIndex wanted, StoreState state, long to) {
            this.wanted = wanted;
            this.state = state;
            this.end = to;
        }

        @Override
        public boolean test(StoredRevision row) {
            long revision = RevisionId.main(row.revisionId());
            if (revision != openRevision) {
                closeRevision();
                if (isFull()) {
                    end = revision - 1;
                    return false;
                }
                openRevision = revision;
            }
            rows++;
            Interest interest = new Interest();
            wanted.visitHolding(row.key(), interest::note);
            if (interest.any) {
                open.add(WatchEvent.stored(row, interest.previous ? idBefore(row) : 0));
            }
            return true;
        }

        private long idBefore(StoredRevision row) {
            KeyRecord record = state.keys().get(row.key());
            return record == null ? 0 : record.idAt(RevisionId.main(row.revisionId()) - 1);
        }

        private boolean isFull() {
            int mostRevisions = settings.replay().revisionsPerPass();
            return revisions.size() >= mostRevisions
                    || bytes >= mostBytes
                    || rows >= (long) mostRevisions * ROWS_PER_REVISION;
        }

        private void closeRevision() {
            if (!open.isEmpty()) {
                WatchRevision closed = WatchRevision.of(openRevision, open);
                revisions.add(closed);
                bytes += closed.weight();
                open = new ArrayList<>();
            }
        }

        Read finish() {
            closeRevision();
            return new Read(revisions, end);
        }
    }

    /** Who wants a key. */
    private static final class Interest {
        private boolean any;
        private boolean previous;

        void note(WatcherGroup group) {
            any = true;
            previous |= group.wantsPrevious();
        }
    }
}
