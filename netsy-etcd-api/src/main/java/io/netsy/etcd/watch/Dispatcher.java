package io.netsy.etcd.watch;

import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.load.Resource;
import io.netsy.etcd.port.CommitListener.Commit;
import io.netsy.etcd.port.CommitListener.RevisionEvents;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.state.KeyEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Owns all watchers: matches commits against those that are live, sends those that fall behind to {@link Replays}, and
 * answers the clients' requests. Everything here runs as tasks of one {@link Mailbox}, one at a time, and none blocks.
 *
 * <p>Invariant between two tasks: a live watcher's stream was handed every event up to {@link #current} that the
 * watcher wants. A progress report is put on a stream only by a task, so it promises just that.
 */
final class Dispatcher implements Replays.Host {
    private static final int LIVE_RUN_REVISIONS = 1000;
    private static final long LIVE_RUN_BYTES = 1024 * 1024;

    private final WatchPorts ports;
    private final FrameEncoder encoder;
    private final WatchCounters counters;
    private final RecentRevisions recent;
    private final Replays replays;
    private final ProgressTicker ticker;
    private final Fanout fanout;

    private final Set<WatchStream> streams = new LinkedHashSet<>();
    private final FutureWatchers future = new FutureWatchers();
    private final Deque<Deferred> deferred = new ArrayDeque<>();
    private WatcherIndex live = new WatcherIndex();
    private CommittedState state;
    private long current;
    private boolean stopped;

    /** Revisions after {@link #current} that are delivered together; empty between two tasks. */
    private List<WatchRevision> run = new ArrayList<>();

    private long runBytes;

    /** A request that came when its sender could know of revisions that the dispatcher did not see yet. */
    private record Deferred(WatchStream stream, WatchCommand command, long revision) {}

    Dispatcher(
            WatchPorts ports, WatchRuntime runtime, WatchSettings settings, Executor mailbox, WatchCounters counters) {
        this.ports = ports;
        this.counters = counters;
        this.encoder = new FrameEncoder(ports.cluster(), settings.fragmentBytes());
        this.recent = new RecentRevisions(settings.memory());
        History history = new History(ports.revisions(), recent, settings, counters);
        ReplayPass.Tools tools = new ReplayPass.Tools(ports, history, encoder, counters);
        this.replays = new Replays(this, tools, runtime, settings.replay(), mailbox);
        this.ticker = new ProgressTicker(runtime, settings.progressInterval(), mailbox, this::reportProgress);
        this.fanout = new Fanout(PreviousValues.inMemory(ports.revisions()));
        this.state = ports.states().committed();
        this.current = state.state().revision();
    }

    // ---------------------------------------------------------------- commits

    /**
     * Delivers commits in runs of consecutive revisions, so that many small commits under load become few messages. A
     * run never reaches over a revision that a watcher waits for, so that it sees nothing older.
     *
     * <p>Revisions that are missing before one of them, or after the last, were not announced: live watchers read them
     * from history.
     */
    void dispatch(List<Commit> commits) {
        for (Commit commit : commits) {
            state = commit.state();
            commit.revisions().forEach(this::addToRun);
            if (state.state().revision() > current + run.size()) {
                deliverRun();
                skipTo(state.state().revision());
            }
        }
        deliverRun();
        replays.launch();
        while (!deferred.isEmpty() && deferred.peekFirst().revision <= current) {
            Deferred next = deferred.removeFirst();
            execute(next.stream, next.command);
        }
    }

    /** Whether a commit has so few events, for so few live watchers in all, and no request waits for it. */
    boolean canDeliverWithin(int steps, Commit commit) {
        if (steps == 0 || !deferred.isEmpty()) {
            return false;
        }
        Steps counted = new Steps();
        for (RevisionEvents revision : commit.revisions()) {
            for (KeyEvent event : revision.events()) {
                counted.sum++;
                live.visitHolding(event.record().key(), counted::add);
                if (counted.sum > steps) {
                    return false;
                }
            }
        }
        return true;
    }

    private static final class Steps {
        /** The commit itself is one. */
        private long sum = 1;

        void add(WatcherGroup group) {
            sum += group.size();
        }
    }

    private void addToRun(RevisionEvents committed) {
        long revision = committed.revision();
        long expected = current + run.size() + 1;
        if (revision < expected) {
            return;
        }
        boolean gap = revision > expected;
        if (gap || isRunFull() || future.isAwaited(revision)) {
            deliverRun();
        }
        if (gap) {
            skipTo(revision - 1);
        }
        WatchRevision next = WatchRevision.committed(committed);
        run.add(next);
        runBytes += next.weight();
    }

    private boolean isRunFull() {
        return run.size() >= LIVE_RUN_REVISIONS || runBytes >= LIVE_RUN_BYTES;
    }

    private void deliverRun() {
        if (run.isEmpty()) {
            return;
        }
        List<WatchRevision> delivered = run;
        run = new ArrayList<>();
        runBytes = 0;
        long first = delivered.getFirst().revision();
        future.takeUpTo(first).forEach(this::goLive);
        recent.append(delivered);
        fanout.fanOut(live, delivered, new LiveSink(first));
        current = delivered.getLast().revision();
    }

    /** Goes on at a later revision, without events: whoever wants those in between reads them from history. */
    private void skipTo(long revision) {
        if (revision <= current) {
            return;
        }
        for (Watcher watcher : live.watchers()) {
            fallBehind(watcher, current + 1);
        }
        recent.clear();
        current = revision;
        for (Watcher watcher : future.takeUpTo(revision)) {
            moveTo(watcher, Watcher.State.REPLAYING);
            replays.add(watcher);
        }
    }

    private final class LiveSink implements Fanout.Sink {
        private final long firstRevision;
        private @Nullable EventBatch batchOfHeader;
        private byte[] header = new byte[0];

        LiveSink(long firstRevision) {
            this.firstRevision = firstRevision;
        }

        @Override
        public void deliver(Watcher watcher, EventBatch batch, int from) {
            if (batchOfHeader != batch) {
                batchOfHeader = batch;
                header = encoder.header(batch.lastRevision(), state.term());
            }
            if (watcher.stream.outbox.offerEvents(watcher, encoder.events(header, watcher, batch, from))) {
                watcher.progressDue = false;
                counters.eventsSent.add(batch.size() - from);
            } else {
                fallBehind(watcher, firstRevision);
            }
        }

        @Override
        public void lacksPrevious(Watcher watcher) {
            watcher.lacksPrevious = true;
            fallBehind(watcher, firstRevision);
        }
    }

    // ---------------------------------------------------------------- watchers on their way

    @Override
    public long currentRevision() {
        return current;
    }

    @Override
    public CommittedState state() {
        return state;
    }

    @Override
    public void caughtUp(Watcher watcher) {
        goLive(watcher);
    }

    @Override
    public void compacted(Watcher watcher, long compactRevision) {
        moveTo(watcher, Watcher.State.COMPACTED);
        watcher.stream.outbox.addLast(watcher, encoder.compacted(state.term(), watcher.id, compactRevision));
    }

    private void goLive(Watcher watcher) {
        moveTo(watcher, Watcher.State.LIVE);
        live.add(watcher);
    }

    private void fallBehind(Watcher watcher, long from) {
        live.remove(watcher);
        watcher.nextRevision = Math.max(watcher.nextRevision, from);
        moveTo(watcher, Watcher.State.REPLAYING);
        replays.add(watcher);
    }

    private void moveTo(Watcher watcher, Watcher.State next) {
        watcher.stream.watchersBehind += isBehind(next) - isBehind(watcher.state);
        counters.slowWatchers.add(isSlow(next) - isSlow(watcher.state));
        watcher.state = next;
    }

    private static int isBehind(Watcher.State state) {
        return switch (state) {
            case FUTURE, REPLAYING, COMPACTED -> 1;
            case NEW, LIVE, CLOSED -> 0;
        };
    }

    private static int isSlow(Watcher.State state) {
        return state == Watcher.State.REPLAYING ? 1 : 0;
    }

    // ---------------------------------------------------------------- requests

    /**
     * Takes a request.
     *
     * @param revision the newest revision the client could know of when it sent the request
     */
    void receive(WatchStream stream, WatchCommand command, long revision) {
        if (revision > current) {
            deferred.addLast(new Deferred(stream, command, revision));
        } else {
            execute(stream, command);
        }
    }

    private void execute(WatchStream stream, WatchCommand command) {
        if (stream.closed) {
            return;
        }
        switch (command) {
            case WatchCommand.Create create -> create(stream, create);
            case WatchCommand.Refused refused -> stream.outbox.addControl(encoder.refused(header(), refused.reason()));
            case WatchCommand.Cancel cancel -> cancel(stream, cancel.watchId());
            case WatchCommand.Progress ignored -> reportProgressOfAll(stream);
            case WatchCommand.Unknown ignored -> {}
        }
        stream.outbox.requestNext();
    }

    private byte[] header() {
        return encoder.header(current, state.term());
    }

    private void create(WatchStream stream, WatchCommand.Create create) {
        if (create.watchId() != 0 && stream.watchers.containsKey(create.watchId())) {
            stream.outbox.addControl(encoder.refused(header(), "mvcc: duplicate watch ID provided on the WatchStream"));
            return;
        }
        if (stream.load.isOverloaded()) {
            stream.outbox.addControl(encoder.refused(header(), EtcdError.TOO_MANY_REQUESTS.message()));
            return;
        }
        long id = create.watchId() == 0 ? stream.assignId() : create.watchId();
        Watcher watcher = new Watcher(stream, id, create.spec());
        stream.watchers.put(id, watcher);
        stream.load.add(Resource.HEAP, create.spec().heapBytes());
        counters.watchers.increment();
        stream.outbox.addControl(encoder.created(header(), id));
        place(watcher);
        if (create.spec().progressNotify()) {
            ticker.start(stream);
        }
    }

    private void place(Watcher watcher) {
        long start = watcher.spec.startRevision();
        watcher.nextRevision = start == 0 ? current + 1 : start;
        if (start == 0) {
            goLive(watcher);
        } else if (start > current) {
            moveTo(watcher, Watcher.State.FUTURE);
            future.add(watcher);
        } else {
            moveTo(watcher, Watcher.State.REPLAYING);
            replays.add(watcher);
            replays.launch();
        }
    }

    private void cancel(WatchStream stream, long id) {
        Watcher watcher = stream.watchers.remove(id);
        if (watcher != null) {
            remove(watcher);
            stream.outbox.cancel(watcher, encoder.canceled(header(), id));
        }
    }

    /** Takes a watcher out of where it is looked for, and out of the figures. */
    private void remove(Watcher watcher) {
        switch (watcher.state) {
            case LIVE -> live.remove(watcher);
            case FUTURE -> future.remove(watcher);
            case NEW, REPLAYING, COMPACTED, CLOSED -> {}
        }
        close(watcher);
    }

    private void close(Watcher watcher) {
        moveTo(watcher, Watcher.State.CLOSED);
        watcher.stream.load.add(Resource.HEAP, -watcher.spec.heapBytes());
        counters.watchers.decrement();
    }

    // ---------------------------------------------------------------- progress

    private void reportProgressOfAll(WatchStream stream) {
        if (stream.isCaughtUp()) {
            stream.outbox.addControl(encoder.progress(header(), FrameEncoder.NO_WATCHER));
        }
    }

    private void reportProgress(WatchStream stream) {
        for (Watcher watcher : stream.watchers.values()) {
            if (!watcher.spec.progressNotify()) {
                continue;
            }
            if (watcher.progressDue && watcher.state == Watcher.State.LIVE) {
                stream.outbox.offerProgress(watcher, encoder.progress(header(), watcher.id));
            }
            watcher.progressDue = true;
        }
    }

    // ---------------------------------------------------------------- streams

    /** Takes a stream into service, or ends it if there can be none now. */
    void open(WatchStream stream) {
        if (stopped) {
            stream.outbox.close(EtcdError.STOPPED.status());
        } else if (stream.requiresLeader && !ports.states().hasLeader()) {
            stream.outbox.close(EtcdError.NO_LEADER.status());
        } else {
            streams.add(stream);
            counters.streams.increment();
            stream.outbox.requestNext();
            return;
        }
        stream.closed = true;
    }

    void onWritable(WatchStream stream) {
        replays.onWritable(stream);
    }

    /** The stream is over: forgets it and its watchers. */
    void forget(WatchStream stream) {
        if (streams.remove(stream)) {
            stream.watchers.values().forEach(this::remove);
            detach(stream);
        }
        stream.closed = true;
    }

    private void detach(WatchStream stream) {
        stream.closed = true;
        stream.watchers.clear();
        stream.takeParked();
        ticker.stop(stream);
        counters.streams.decrement();
    }

    /** Ends the streams whose clients want that when there is no leader. */
    void loseLeader() {
        endIf(stream -> stream.requiresLeader, EtcdError.NO_LEADER.status());
    }

    /** Ends all streams and opens no further ones. */
    void stop() {
        stopped = true;
        endIf(stream -> true, EtcdError.STOPPED.status());
    }

    private void endIf(Predicate<WatchStream> condition, Status status) {
        for (WatchStream stream : List.copyOf(streams)) {
            if (condition.test(stream)) {
                stream.outbox.close(status);
                forget(stream);
            }
        }
    }

    /** Ends all streams and starts anew from another state; trusts nothing of the old one. */
    void restart(CommittedState from, Status status) {
        for (WatchStream stream : streams) {
            stream.outbox.close(status);
            stream.watchers.values().forEach(this::close);
            detach(stream);
        }
        streams.clear();
        future.clear();
        deferred.clear();
        replays.clear();
        recent.clear();
        run = new ArrayList<>();
        runBytes = 0;
        live = new WatcherIndex();
        state = from;
        current = from.state().revision();
    }
}
