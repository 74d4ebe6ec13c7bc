package io.netsy.etcd.watch;

import io.netsy.etcd.load.ConnectionLoad;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One client's stream and the watchers on it. The dispatcher owns it; only the {@link Outbox} is for any thread. */
final class WatchStream {
    final Outbox outbox;

    /** Of the connection that the stream is on. */
    final ConnectionLoad load;

    /** Whether the client wants the stream to end when there is no leader. */
    final boolean requiresLeader;

    /** Every id that is in use, with those of watchers that were compacted away. */
    final Map<Long, Watcher> watchers = new HashMap<>();

    /** How many of them are not live. */
    int watchersBehind;

    boolean closed;

    /** The next progress notification; null until a watcher asks for them. */
    WatchTimer.@Nullable Timeout progressTimeout;

    private long nextId;
    private List<Watcher> parked = new ArrayList<>();

    WatchStream(Outbox outbox, ConnectionLoad load, boolean requiresLeader) {
        this.outbox = outbox;
        this.load = load;
        this.requiresLeader = requiresLeader;
    }

    /** The least id that was never given by the server and that the client did not take either. */
    long assignId() {
        while (watchers.containsKey(nextId)) {
            nextId++;
        }
        return nextId++;
    }

    /** Lets a watcher wait until there is room in the outbox. */
    void park(Watcher watcher) {
        parked.add(watcher);
    }

    List<Watcher> takeParked() {
        List<Watcher> taken = parked;
        parked = new ArrayList<>();
        return taken;
    }

    /** Whether everything that the hub knows was handed to every watcher, and there is one. */
    boolean isCaughtUp() {
        return watchersBehind == 0 && !watchers.isEmpty();
    }
}
