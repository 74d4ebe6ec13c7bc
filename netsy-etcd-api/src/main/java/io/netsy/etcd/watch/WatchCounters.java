package io.netsy.etcd.watch;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** The figures behind {@link WatchStats}. Safe for any thread. */
final class WatchCounters {
    final LongAdder streams = new LongAdder();
    final LongAdder watchers = new LongAdder();
    final LongAdder slowWatchers = new LongAdder();
    final LongAdder eventsSent = new LongAdder();
    final LongAdder replayPasses = new LongAdder();
    final LongAdder queuedEvents = new LongAdder();
    /** Exact, because bounds rest on it. */
    final AtomicLong queuedBytes = new AtomicLong();

    WatchStats snapshot() {
        return new WatchStats(
                streams.sum(),
                watchers.sum(),
                slowWatchers.sum(),
                eventsSent.sum(),
                replayPasses.sum(),
                queuedEvents.sum(),
                queuedBytes.get());
    }
}
