package io.netsy.etcd.server.rpc;

import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.port.StateSource;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The streams that are open, so that the server can end them: all of them when it stops, and those that asked for it
 * when there has been no leader for three election timeouts (etcd semantics, section 2). Safe for any thread.
 */
public final class OpenStreams {
    private static final long NO_LEADER_NANOS = Duration.ofSeconds(3).toNanos();
    private static final long HAS_LEADER = Long.MIN_VALUE;

    private final StateSource state;
    private final LongSupplier nanoClock;
    private final Set<StreamCall<?, ?>> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;
    private long leaderlessSince = HAS_LEADER;

    OpenStreams(StateSource state, LongSupplier nanoClock) {
        this.state = state;
        this.nanoClock = nanoClock;
    }

    /** How many are open. */
    public int size() {
        return streams.size();
    }

    /** Ends every stream, and every one that still opens, with "server stopped", which clients resume from elsewhere. */
    public void stop() {
        stopped = true;
        streams.forEach(stream -> stream.cut(EtcdError.STOPPED.status()));
    }

    /** Looks whether there is a leader; to be called a few times a second, by one thread. */
    public void checkLeader() {
        if (state.hasLeader()) {
            leaderlessSince = HAS_LEADER;
            return;
        }
        long now = nanoClock.getAsLong();
        if (leaderlessSince == HAS_LEADER) {
            leaderlessSince = now;
        } else if (now - leaderlessSince >= NO_LEADER_NANOS) {
            Status noLeader = EtcdError.NO_LEADER.status();
            streams.stream().filter(StreamCall::needsLeader).forEach(stream -> stream.cut(noLeader));
        }
    }

    void add(StreamCall<?, ?> stream) {
        streams.add(stream);
        if (stopped) {
            stream.cut(EtcdError.STOPPED.status());
        }
    }

    void remove(StreamCall<?, ?> stream) {
        streams.remove(stream);
    }
}
