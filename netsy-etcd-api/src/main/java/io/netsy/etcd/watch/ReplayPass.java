package io.netsy.etcd.watch;

import io.netsy.etcd.port.CommittedState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shared read of history for watchers that are behind: every revision is read and matched once, whoever wants it.
 * Blocks; runs once.
 *
 * <p>A compaction may take rows while they are read. It is published before it takes any, so what was read is whole as
 * long as the compact revision, asked for afterwards, is not above the watcher's next revision.
 */
final class ReplayPass implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplayPass.class);

    private final Tools tools;
    private final List<Watcher> watchers;
    private final long through;
    private final CommittedState state;
    private final Consumer<Map<Watcher, Outcome>> whenDone;
    private final Map<Watcher, Outcome> outcomes = new LinkedHashMap<>();

    /** What every pass works with. */
    record Tools(WatchPorts ports, History history, FrameEncoder encoder, WatchCounters counters) {
        long compactRevision() {
            return ports.states().committed().state().compactRevision();
        }
    }

    /** What became of one watcher. */
    sealed interface Outcome {
        /** Everything below {@code nextRevision} was handed to its stream. */
        record Advanced(long nextRevision, boolean delivered) implements Outcome {}

        /** There is something for it, but its stream had no room. */
        record Refused() implements Outcome {}

        /** Its next revision is compacted. */
        record Compacted(long compactRevision) implements Outcome {}

        /** History could not be read. */
        record Failed() implements Outcome {}
    }

    /**
     * Prepares a pass.
     *
     * @param through the last revision to hand out, at most the state's
     * @param whenDone is given an outcome for each watcher
     */
    ReplayPass(
            Tools tools,
            List<Watcher> watchers,
            long through,
            CommittedState state,
            Consumer<Map<Watcher, Outcome>> whenDone) {
        this.tools = tools;
        this.watchers = watchers;
        this.through = through;
        this.state = state;
        this.whenDone = whenDone;
    }

    @Override
    public void run() {
        try {
            replay();
        } catch (RuntimeException | Error failure) {
            LOG.warn(
                    "reading history for watchers failed and will be tried again:"
                            + " watchers={} through_revision={} error={}",
                    watchers.size(),
                    through,
                    failure.toString());
        } finally {
            watchers.forEach(watcher -> outcomes.putIfAbsent(watcher, new Outcome.Failed()));
            whenDone.accept(outcomes);
        }
    }

    private void replay() {
        dropCompacted();
        List<Watcher> readable = watchers.stream()
                .filter(watcher -> !outcomes.containsKey(watcher))
                .toList();
        if (readable.isEmpty()) {
            return;
        }
        WatcherIndex index = WatcherIndex.of(readable);
        long from = readable.stream()
                .mapToLong(watcher -> watcher.nextRevision)
                .min()
                .orElseThrow();
        History.Read read = tools.history.read(from, through, index, state.state());
        byte[] header = tools.encoder.header(through, state.term());
        PreviousValues previousValues = PreviousValues.stored(tools.ports.revisions(), tools.ports.states());
        new Fanout(previousValues).fanOut(index, read.revisions(), new Delivery(header, read.end() + 1));
        dropCompacted();
        for (Watcher watcher : readable) {
            long next = Math.max(watcher.nextRevision, read.end() + 1);
            outcomes.putIfAbsent(watcher, new Outcome.Advanced(next, false));
        }
    }

    /** Settles those without an outcome whose next revision can't be read any more. */
    private void dropCompacted() {
        long compactRevision = tools.compactRevision();
        for (Watcher watcher : watchers) {
            if (watcher.nextRevision < compactRevision) {
                outcomes.putIfAbsent(watcher, new Outcome.Compacted(compactRevision));
            }
        }
    }

    private final class Delivery implements Fanout.Sink {
        private final byte[] header;
        private final long nextRevision;

        Delivery(byte[] header, long nextRevision) {
            this.header = header;
            this.nextRevision = nextRevision;
        }

        @Override
        public void deliver(Watcher watcher, EventBatch batch, int from) {
            long compactRevision = tools.compactRevision();
            if (watcher.nextRevision < compactRevision) {
                outcomes.put(watcher, new Outcome.Compacted(compactRevision));
                return;
            }
            List<WatchFrame> frames = tools.encoder.events(header, watcher, batch, from);
            if (watcher.stream.outbox.offerEvents(watcher, frames)) {
                tools.counters.eventsSent.add(batch.size() - from);
                outcomes.put(watcher, new Outcome.Advanced(nextRevision, true));
            } else {
                outcomes.put(watcher, new Outcome.Refused());
            }
        }

        @Override
        public void lacksPrevious(Watcher watcher) {
            throw new IllegalStateException("a blocking read leaves no previous value out");
        }
    }
}
