package io.netsy.etcd.load;

import io.grpc.Attributes;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** What one connection holds. Safe for any thread. */
public final class ConnectionLoad {
    /** Where a call finds the load of its connection, among its transport's attributes. */
    public static final Attributes.Key<ConnectionLoad> KEY = Attributes.Key.create("netsy-connection-load");

    /** Marks an account as closed: no charge ever makes it positive again. */
    private static final long CLOSED = Long.MIN_VALUE / 2;

    private static final ConnectionLoad UNLIMITED =
            new ClientLoad(LoadLimits.NONE, () -> 0).open("this process", () -> {});

    private final ClientLoad clients;
    private final String peer;
    private final Runnable closer;
    private final AtomicLongArray held = new AtomicLongArray(Resource.COUNT);
    private final AtomicLong queued = new AtomicLong();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile long idleSince;
    private volatile boolean gone;

    ConnectionLoad(ClientLoad clients, String peer, Runnable closer, long now) {
        this.clients = clients;
        this.peer = peer;
        this.closer = closer;
        this.idleSince = now;
    }

    /** The load of a call's connection; one without bounds for a call within this process. */
    public static ConnectionLoad of(Attributes attributes) {
        ConnectionLoad load = attributes.get(KEY);
        return load == null ? UNLIMITED : load;
    }

    /** The connection holds so much more, or less where it is negative. May lead to its end, or to another's. */
    public void add(Resource resource, long amount) {
        if (amount != 0 && held.addAndGet(resource.slot, amount) >= CLOSED / 2) {
            clients.added(this, resource, amount);
        }
    }

    /**
     * The connection holds so much more direct memory until an executor has done what it was given so far: for what waits
     * in a queue that only the executor empties, where it is accounted for in another way.
     */
    public void addUntilDone(long directBytes, Executor executor) {
        add(Resource.DIRECT, directBytes);
        if (queued.getAndAdd(directBytes) == 0) {
            executor.execute(() -> add(Resource.DIRECT, -queued.getAndSet(0)));
        }
    }

    public long held(Resource resource) {
        return Math.max(0, held.get(resource.slot));
    }

    /** A call began: the connection is not idle. */
    public void callBegan() {
        calls.incrementAndGet();
    }

    public void callEnded() {
        if (calls.decrementAndGet() == 0) {
            idleSince = clients.now();
        }
    }

    /**
     * Whether a new call on it had better be refused: clients hold nearly as much as they may, and none holds more than
     * this one; or the connection is being closed for that.
     */
    public boolean isOverloaded() {
        return gone || clients.isOverloadedBy(this);
    }

    /** Whether the connection is gone, or closes as soon as its thread gets round to it. */
    public boolean isGone() {
        return gone;
    }

    /** The connection is gone; what it held is free. Further charges do nothing. */
    public void closed() {
        if (clients.remove(this)) {
            gone = true;
            for (Resource resource : Resource.values()) {
                long freed = held.getAndAdd(resource.slot, CLOSED);
                if (freed >= CLOSED / 2) {
                    clients.added(this, resource, -freed);
                }
            }
        }
    }

    /** Ends the connection, soon; counts as gone from now on. */
    void close() {
        closed();
        closer.run();
    }

    boolean isIdle() {
        return calls.get() == 0;
    }

    /** When it last became idle, by the clients' own count. */
    long idleSince() {
        return idleSince;
    }

    String peer() {
        return peer;
    }
}
