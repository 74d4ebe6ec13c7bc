package io.netsy.etcd.watch;

import io.netsy.etcd.load.Costs;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchCreateRequest.FilterType;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.KeyRange;

/**
 * What a watcher asked for.
 *
 * @param range the keys; never empty
 * @param startRevision the first revision wanted; 0 is from now on
 * @param selection which events, and how
 * @param fragment whether a revision may be cut into several messages
 * @param progressNotify whether progress is reported from time to time
 */
record WatchSpec(KeyRange range, long startRevision, Selection selection, boolean fragment, boolean progressNotify) {
    private static final Bytes LEAST_KEY = Bytes.wrap(new byte[] {0});

    static WatchSpec of(WatchCreateRequest request) {
        return new WatchSpec(
                KeyRange.of(keyOf(request), rangeEndOf(request)),
                request.getStartRevision(),
                new Selection(
                        request.getPrevKv(),
                        !request.getFiltersList().contains(FilterType.NOPUT),
                        !request.getFiltersList().contains(FilterType.NODELETE)),
                request.getFragment(),
                request.getProgressNotify());
    }

    /** The request's key; the least of all keys where it has none. */
    static Bytes keyOf(WatchCreateRequest request) {
        return request.getKey().isEmpty()
                ? LEAST_KEY
                : Bytes.wrap(request.getKey().toByteArray());
    }

    static Bytes rangeEndOf(WatchCreateRequest request) {
        return Bytes.wrap(request.getRangeEnd().toByteArray());
    }

    /** What a watcher of it takes of the heap. */
    long heapBytes() {
        Bytes end = range.end();
        return Costs.WATCHER + range.start().length() + (end == null ? 0 : end.length());
    }

    /**
     * Which events of its range a watcher sees, and how: watchers that agree in it share their messages' bytes.
     *
     * @param previous with the key as it was before
     * @param puts puts too
     * @param deletes deletions too
     */
    record Selection(boolean previous, boolean puts, boolean deletes) {
        /** How many different ones there are. */
        static final int COUNT = 8;

        int index() {
            return (previous ? 1 : 0) | (puts ? 2 : 0) | (deletes ? 4 : 0);
        }

        boolean selectsAll() {
            return puts && deletes;
        }

        boolean selects(WatchEvent event) {
            return event.isDeletion() ? deletes : puts;
        }
    }
}
