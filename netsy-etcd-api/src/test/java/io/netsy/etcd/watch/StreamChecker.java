package io.netsy.etcd.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import io.netsy.etcd.proto.rpc.WatchCreateRequest.FilterType;
import io.netsy.etcd.proto.rpc.WatchResponse;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.KeyRange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges what one stream received, message by message, against the {@link EventLog}: no gap, no double, no disorder,
 * whole revisions, fragments together, and no progress report ahead of its events.
 */
final class StreamChecker {
    private final EventLog log;
    private final Deque<Asked> asked = new ArrayDeque<>();
    private final Map<Long, Watched> watched = new HashMap<>();
    private long fragmentsOf = NO_FRAGMENT;
    private long lastProgress;
    private int progressReports;

    private static final long NO_FRAGMENT = Long.MIN_VALUE;

    /** A create request that was not answered yet. */
    private record Asked(WatchCreateRequest request, long knownRevision) {}

    /** A watcher as its client knows it. */
    private static final class Watched {
        final WatchCreateRequest request;
        final long first;
        final List<Event> received = new ArrayList<>();
        /** Everything up to here was received, as far as the client can tell. */
        long lastRevision;

        boolean compacted;

        Watched(WatchCreateRequest request, long first) {
            this.request = request;
            this.first = first;
            this.lastRevision = first - 1;
        }
    }

    StreamChecker(EventLog log) {
        this.log = log;
    }

    /** The client asked for a watcher when it could have known of {@code knownRevision}. */
    void onCreate(WatchCreateRequest request, long knownRevision) {
        asked.addLast(new Asked(request, knownRevision));
    }

    /** Ids of watchers that the client was told of and that are not canceled. */
    List<Long> ids() {
        return List.copyOf(watched.keySet());
    }

    int progressReports() {
        return progressReports;
    }

    /** Ids that stay in use until the client cancels them, which Go's client does at once. */
    List<Long> compactedIds() {
        return watched.entrySet().stream()
                .filter(watcher -> watcher.getValue().compacted)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Watchers that are neither canceled nor compacted. */
    int completeWatchers() {
        return (int)
                watched.values().stream().filter(watcher -> !watcher.compacted).count();
    }

    void onResponse(WatchResponse response) {
        assertThat(response.hasHeader()).as("every response has a header").isTrue();
        if (fragmentsOf != NO_FRAGMENT) {
            assertThat(response.getWatchId())
                    .as("nothing comes between fragments")
                    .isEqualTo(fragmentsOf);
            assertThat(response.getEventsCount()).isPositive();
        }
        if (response.getCreated()) {
            onCreated(response);
        } else if (response.getCanceled()) {
            onCanceled(response);
        } else if (response.getEventsCount() > 0) {
            onEvents(response);
        } else {
            onProgress(response);
        }
    }

    private void onCreated(WatchResponse response) {
        assertThat(response.getEventsCount()).isZero();
        assertThat(response.getCanceled()).isFalse();
        Asked request = asked.removeFirst();
        long current = response.getHeader().getRevision();
        assertThat(current).as("registration").isGreaterThanOrEqualTo(request.knownRevision);
        long start = request.request.getStartRevision();
        Watched replaced =
                watched.put(response.getWatchId(), new Watched(request.request, start == 0 ? current + 1 : start));
        assertThat(replaced).as("ids are not reused").isNull();
    }

    private void onCanceled(WatchResponse response) {
        Watched watcher = watcherOf(response);
        if (response.getCompactRevision() == 0) {
            watched.remove(response.getWatchId());
            return;
        }
        assertThat(watcher.compacted).isFalse();
        assertThat(response.getHeader().getRevision()).isZero();
        assertThat(response.getCancelReason()).isEmpty();
        assertThat(watcher.lastRevision + 1).isLessThan(response.getCompactRevision());
        watcher.compacted = true;
    }

    private Watched watcherOf(WatchResponse response) {
        Watched watcher = watched.get(response.getWatchId());
        assertThat(watcher).as("watcher of %s", response).isNotNull();
        return watcher;
    }

    private void onEvents(WatchResponse response) {
        Watched watcher = watcherOf(response);
        assertThat(watcher.compacted).isFalse();
        long first = response.getEvents(0).getKv().getModRevision();
        boolean continues = fragmentsOf == response.getWatchId();
        assertThat(first)
                .as("a revision is in one message")
                .isGreaterThan(continues ? watcher.lastRevision - 1 : watcher.lastRevision);
        watcher.received.addAll(response.getEventsList());
        watcher.lastRevision =
                response.getEvents(response.getEventsCount() - 1).getKv().getModRevision();
        assertThat(response.getHeader().getRevision()).isGreaterThanOrEqualTo(watcher.lastRevision);
        assertThat(watcher.request.getFragment() || !response.getFragment()).isTrue();
        fragmentsOf = response.getFragment() ? response.getWatchId() : NO_FRAGMENT;
    }

    private void onProgress(WatchResponse response) {
        progressReports++;
        long revision = response.getHeader().getRevision();
        assertThat(revision).as("progress").isGreaterThanOrEqualTo(lastProgress);
        lastProgress = revision;
        if (response.getWatchId() == FrameEncoder.NO_WATCHER) {
            watched.values().forEach(watcher -> assertProgress(watcher, revision));
        } else {
            assertProgress(watcherOf(response), revision);
        }
    }

    private void assertProgress(Watched watcher, long revision) {
        assertThat(watcher.compacted).as("progress of a compacted watcher").isFalse();
        assertThat(revision).as("progress of a future watcher").isGreaterThanOrEqualTo(watcher.first - 1);
        assertThat(watcher.lastRevision).as("progress after later events").isLessThanOrEqualTo(revision);
        assertThat(watcher.received)
                .as("progress %d", revision)
                .hasSize(expected(watcher, revision).size());
    }

    /** Judges the end: what is open got everything, what was cut off got the beginning of it. */
    void onEnd(boolean open, long compactRevision) {
        if (open) {
            assertThat(asked).as("requests without an answer").isEmpty();
        }
        for (Watched watcher : watched.values()) {
            List<Event> expected = expected(watcher, log.revision());
            int count = watcher.received.size();
            if (open && !watcher.compacted) {
                assertThat(count).as("events of %s", watcher.request).isEqualTo(expected.size());
            }
            for (int i = 0; i < count; i++) {
                assertSame(watcher.received.get(i), expected.get(i), compactRevision);
            }
        }
    }

    private static void assertSame(Event received, Event expected, long compactRevision) {
        boolean mayLackPrevious = received.getKv().getModRevision() <= compactRevision;
        if (mayLackPrevious && !received.hasPrevKv()) {
            assertThat(received).isEqualTo(expected.toBuilder().clearPrevKv().build());
        } else {
            assertThat(received).isEqualTo(expected);
        }
    }

    private List<Event> expected(Watched watcher, long upTo) {
        WatchCreateRequest request = watcher.request;
        KeyRange range = KeyRange.of(
                Bytes.wrap(request.getKey().toByteArray()),
                Bytes.wrap(request.getRangeEnd().toByteArray()));
        return log.from(watcher.first).stream()
                .filter(event -> event.getKv().getModRevision() <= upTo)
                .filter(event ->
                        range.contains(Bytes.wrap(event.getKv().getKey().toByteArray())))
                .filter(event -> !request.getFiltersList().contains(filterOf(event)))
                .map(event -> request.getPrevKv()
                        ? event
                        : event.toBuilder().clearPrevKv().build())
                .toList();
    }

    private static FilterType filterOf(Event event) {
        return event.getType() == Event.EventType.DELETE ? FilterType.NODELETE : FilterType.NOPUT;
    }
}
