package io.netsy.etcd.watch;

import java.util.List;

/**
 * The events that go to watchers of one group and selection, with their encodings.
 *
 * <p>Immutable; whoever gets the array of encodings only reads it.
 */
final class EventBatch {
    private final List<WatchEvent> events;
    private final byte[][] encoded;
    private final long sizeBytes;

    /** Encodes events, which are in order of revision and sub-revision, and at least one. */
    EventBatch(List<WatchEvent> events, boolean withPrevious) {
        this.events = events;
        this.encoded = new byte[events.size()][];
        for (int i = 0; i < encoded.length; i++) {
            WatchEvent event = events.get(i);
            encoded[i] = withPrevious ? event.withPrevious() : event.plain();
        }
        this.sizeBytes = sum(0, encoded.length);
    }

    /** The events as fields of a response. */
    byte[][] encoded() {
        return encoded;
    }

    /** Encoded size of the events from {@code from} (inclusive) to {@code to} (exclusive). */
    long sizeBytes(int from, int to) {
        return from == 0 && to == encoded.length ? sizeBytes : sum(from, to);
    }

    private long sum(int from, int to) {
        long size = 0;
        for (int i = from; i < to; i++) {
            size += encoded[i].length;
        }
        return size;
    }

    int size() {
        return encoded.length;
    }

    long lastRevision() {
        return events.getLast().revision();
    }

    /** The position of the first event at or above the revision; {@link #size} if there is none. */
    int firstFrom(long revision) {
        if (events.getFirst().revision() >= revision) {
            return 0;
        }
        int low = 0;
        int high = size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (events.get(middle).revision() < revision) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
