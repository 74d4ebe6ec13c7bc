package io.netsy.etcd.watch;

import io.netsy.etcd.port.CommitListener.RevisionEvents;
import java.util.List;

/**
 * The changes of one revision in sub-revision order: all of them, or those that anyone asked for.
 *
 * @param weight bytes of their keys and values, and a little for each change
 */
record WatchRevision(long revision, List<WatchEvent> events, long weight) {
    private static final int WEIGHT_OF_EVENT = 100;

    static WatchRevision of(long revision, List<WatchEvent> events) {
        long weight = 0;
        for (WatchEvent event : events) {
            weight += WEIGHT_OF_EVENT + event.weight();
        }
        return new WatchRevision(revision, events, weight);
    }

    static WatchRevision committed(RevisionEvents committed) {
        return of(
                committed.revision(),
                committed.events().stream().map(WatchEvent::committed).toList());
    }
}
