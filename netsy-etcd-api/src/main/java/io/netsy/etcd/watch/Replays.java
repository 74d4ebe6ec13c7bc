package io.netsy.etcd.watch;

import io.netsy.etcd.port.CommittedState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Brings watchers that are behind up to date: decides who is read for together, lets those wait whose streams are full,
 * and closes the last gap in one step with the dispatcher, so that between history and live delivery no revision is
 * lost or doubled. The dispatcher owns it.
 */
final class Replays {
    /** A gap of at most so many revisions is closed by the dispatcher itself, from memory. */
    private static final int SEAM_REVISIONS = 256;

    private final Host host;
    private final ReplayPass.Tools tools;
    private final WatchRuntime runtime;
    private final WatchSettings.Replay settings;
    private final Executor dispatcher;
    private final Fanout seamFanout;

    private List<Watcher> incoming = new ArrayList<>();
    private Deque<Watcher> ready = new ArrayDeque<>();
    private int runningPasses;

    /** What the dispatcher does with watchers whose replay is over. */
    interface Host {
        /** The last revision that was handed to live watchers. */
        long currentRevision();

        CommittedState state();

        void caughtUp(Watcher watcher);

        void compacted(Watcher watcher, long compactRevision);
    }

    /** Prepares replays; {@code dispatcher} is the way back to the owner. */
    Replays(
            Host host,
            ReplayPass.Tools tools,
            WatchRuntime runtime,
            WatchSettings.Replay settings,
            Executor dispatcher) {
        this.host = host;
        this.tools = tools;
        this.runtime = runtime;
        this.settings = settings;
        this.dispatcher = dispatcher;
        this.seamFanout = new Fanout(PreviousValues.inMemory(tools.ports().revisions()));
    }

    /** Takes a watcher that is behind; {@link #launch} follows. */
    void add(Watcher watcher) {
        if (watcher.stream.outbox.isFull()) {
            watcher.stream.park(watcher);
        } else {
            incoming.add(watcher);
        }
    }

    /** The stream has room again. */
    void onWritable(WatchStream stream) {
        stream.takeParked().forEach(this::add);
        launch();
    }

    /** Serves those that were added: from memory at once where that is enough, else by passes. */
    void launch() {
        List<Watcher> added = incoming;
        incoming = new ArrayList<>();
        added.removeIf(watcher -> watcher.state != Watcher.State.REPLAYING);
        List<Watcher> near = new ArrayList<>();
        for (Watcher watcher : added) {
            if (isNear(watcher)) {
                near.add(watcher);
            } else {
                ready.add(watcher);
            }
        }
        if (!near.isEmpty()) {
            closeSeam(near);
        }
        while (runningPasses < settings.concurrentPasses() && startPass()) {
            runningPasses++;
        }
    }

    /** Forgets all watchers; passes that run come to nothing. */
    void clear() {
        incoming.clear();
        ready.clear();
    }

    private boolean isNear(Watcher watcher) {
        return !watcher.lacksPrevious
                && host.currentRevision() - watcher.nextRevision < SEAM_REVISIONS
                && watcher.nextRevision > tools.compactRevision();
    }

    private void closeSeam(List<Watcher> near) {
        long from =
                near.stream().mapToLong(watcher -> watcher.nextRevision).min().orElseThrow();
        long current = host.currentRevision();
        List<WatchRevision> gap = from > current
                ? List.of()
                : tools.history().recent(from, current).orElse(null);
        if (gap == null) {
            ready.addAll(near);
            return;
        }
        Seam seam = new Seam(tools.encoder().header(current, host.state().term()));
        seamFanout.fanOut(WatcherIndex.of(near), gap, seam);
        for (Watcher watcher : near) {
            if (!seam.held.contains(watcher)) {
                host.caughtUp(watcher);
            }
        }
    }

    private boolean startPass() {
        List<Watcher> chosen = choose();
        if (chosen.isEmpty()) {
            return false;
        }
        tools.counters().replayPasses.increment();
        runtime.blocking()
                .execute(new ReplayPass(
                        tools,
                        chosen,
                        host.currentRevision(),
                        host.state(),
                        outcomes -> dispatcher.execute(() -> finish(outcomes))));
        return true;
    }

    /** The one that waits longest, and those that want about the same revisions. */
    private List<Watcher> choose() {
        List<Watcher> chosen = new ArrayList<>();
        Deque<Watcher> left = new ArrayDeque<>();
        for (Watcher watcher : ready) {
            if (watcher.state != Watcher.State.REPLAYING) {
                continue;
            }
            if (chosen.isEmpty() || belongsTo(chosen, watcher)) {
                chosen.add(watcher);
            } else {
                left.add(watcher);
            }
        }
        ready = left;
        return chosen;
    }

    private boolean belongsTo(List<Watcher> chosen, Watcher watcher) {
        long distance = watcher.nextRevision - chosen.getFirst().nextRevision;
        return distance >= 0 && distance < settings.revisionsPerPass() && chosen.size() < settings.watchersPerPass();
    }

    private void finish(Map<Watcher, ReplayPass.Outcome> outcomes) {
        runningPasses--;
        List<Watcher> failed = new ArrayList<>();
        outcomes.forEach((watcher, outcome) -> {
            if (watcher.state == Watcher.State.REPLAYING) {
                settle(watcher, outcome, failed);
            }
        });
        if (!failed.isEmpty()) {
            runtime.timer().schedule(settings.retryDelay(), () -> dispatcher.execute(() -> addAgain(failed)));
        }
        launch();
    }

    private void settle(Watcher watcher, ReplayPass.Outcome outcome, List<Watcher> failed) {
        switch (outcome) {
            case ReplayPass.Outcome.Advanced advanced -> {
                watcher.nextRevision = advanced.nextRevision();
                watcher.lacksPrevious = false;
                watcher.progressDue &= !advanced.delivered();
                add(watcher);
            }
            case ReplayPass.Outcome.Refused ignored -> {
                watcher.lacksPrevious = false;
                add(watcher);
            }
            case ReplayPass.Outcome.Compacted compacted -> host.compacted(watcher, compacted.compactRevision());
            case ReplayPass.Outcome.Failed ignored -> failed.add(watcher);
        }
    }

    private void addAgain(List<Watcher> watchers) {
        watchers.forEach(this::add);
        launch();
    }

    /** Hands over what lies between history and live delivery. */
    private final class Seam implements Fanout.Sink {
        private final byte[] header;
        /** Those that are not up to date after all. */
        private final Set<Watcher> held = new HashSet<>();

        Seam(byte[] header) {
            this.header = header;
        }

        @Override
        public void deliver(Watcher watcher, EventBatch batch, int from) {
            List<WatchFrame> frames = tools.encoder().events(header, watcher, batch, from);
            if (watcher.stream.outbox.offerEvents(watcher, frames)) {
                tools.counters().eventsSent.add(batch.size() - from);
                watcher.progressDue = false;
            } else {
                held.add(watcher);
                add(watcher);
            }
        }

        @Override
        public void lacksPrevious(Watcher watcher) {
            watcher.lacksPrevious = true;
            held.add(watcher);
            ready.add(watcher);
        }
    }
}
