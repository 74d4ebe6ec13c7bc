package io.netsy.etcd.load;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all clients together hold of the node, and who goes when that is too much.
 *
 * <p>Near a limit, whoever holds most gets no further call. At a limit connections are closed until a tenth of it is
 * free again: idle ones where that is enough, those first that have been idle longest, since their clients lose nothing
 * but the connection; else those that hold most. Safe for any thread; charging takes constant time, closing is rare.
 */
public final class ClientLoad {
    private static final Logger LOG = LoggerFactory.getLogger(ClientLoad.class);

    private static final long LINE_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final LoadLimits limits;
    private final AtomicLongArray total = new AtomicLongArray(Resource.COUNT);
    private final Set<ConnectionLoad> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong moments = new AtomicLong();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicLong closedCount = new AtomicLong();
    private final LongSupplier nanoClock;
    /** Guarded, as the next, by whoever set {@link #closing}. */
    private long lastLineNanos;

    private int closedSinceLastLine;
    private volatile @Nullable ConnectionLoad heaviest;

    /** @param nanoClock never goes back */
    public ClientLoad(LoadLimits limits, LongSupplier nanoClock) {
        this.limits = limits;
        this.nanoClock = nanoClock;
        this.lastLineNanos = nanoClock.getAsLong() - LINE_INTERVAL_NANOS;
    }

    /**
     * Takes a connection into account.
     *
     * @param peer who it is, for the log
     * @param closer ends the connection, soon, on any thread; not called after {@link ConnectionLoad#closed}
     */
    public ConnectionLoad open(String peer, Runnable closer) {
        ConnectionLoad load = new ConnectionLoad(this, peer, closer, now());
        connections.add(load);
        load.add(Resource.HEAP, Costs.CONNECTION);
        load.add(Resource.CONNECTIONS, 1);
        return load;
    }

    /** How much all hold together. */
    public long held(Resource resource) {
        return total.get(resource.slot);
    }

    /** How many connections were closed because clients held too much. */
    public long closedCount() {
        return closedCount.get();
    }

    /** A count that only grows: tells what came first. */
    long now() {
        return moments.incrementAndGet();
    }

    void added(ConnectionLoad load, Resource resource, long amount) {
        long sum = total.addAndGet(resource.slot, amount);
        if (amount <= 0) {
            return;
        }
        if (resource == Resource.HEAP) {
            ConnectionLoad first = heaviest;
            if (first == null || load.held(Resource.HEAP) > first.held(Resource.HEAP)) {
                heaviest = load;
            }
        }
        if (sum > limits.of(resource)) {
            makeRoom(resource);
        }
    }

    boolean isOverloadedBy(ConnectionLoad load) {
        return heaviest == load && held(Resource.HEAP) > goal(Resource.HEAP);
    }

    /** False when it was removed before. */
    boolean remove(ConnectionLoad load) {
        if (heaviest == load) {
            heaviest = null;
        }
        return connections.remove(load);
    }

    private long goal(Resource resource) {
        return limits.of(resource) / 10 * 9;
    }

    private void makeRoom(Resource resource) {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        try {
            long excess = held(resource) - goal(resource);
            List<Weighed> all = weigh(resource);
            List<Weighed> idle = all.stream().filter(one -> one.load.isIdle()).toList();
            boolean enough = idle.stream().mapToLong(Weighed::held).sum() >= excess;
            int closed = closeUntilThereIsRoom(resource, enough ? longestIdle(idle) : heaviest(all));
            closedCount.addAndGet(closed);
            report(resource, closed);
        } finally {
            closing.set(false);
        }
    }

    /** What a connection holds, at one moment: comparing figures that change would confuse an order. */
    private record Weighed(ConnectionLoad load, long held, long heap, long idleSince) {}

    private List<Weighed> weigh(Resource resource) {
        return connections.stream()
                .map(load -> new Weighed(load, load.held(resource), load.held(Resource.HEAP), load.idleSince()))
                .toList();
    }

    private static List<Weighed> longestIdle(List<Weighed> idle) {
        return idle.stream()
                .sorted(Comparator.comparingLong(Weighed::idleSince))
                .toList();
    }

    private static List<Weighed> heaviest(List<Weighed> all) {
        return all.stream()
                .sorted(Comparator.comparingLong(Weighed::held)
                        .thenComparingLong(Weighed::heap)
                        .reversed())
                .toList();
    }

    /** One line a second at most. */
    private void report(Resource resource, int closed) {
        closedSinceLastLine += closed;
        long now = nanoClock.getAsLong();
        if (now - lastLineNanos >= LINE_INTERVAL_NANOS) {
            LOG.warn(
                    "event=connections_closed reason=\"clients held too much\" resource={} count={} left={}",
                    resource,
                    closedSinceLastLine,
                    connections.size());
            lastLineNanos = now;
            closedSinceLastLine = 0;
        }
    }

    private int closeUntilThereIsRoom(Resource resource, List<Weighed> candidates) {
        int closed = 0;
        for (Weighed candidate : candidates) {
            ConnectionLoad load = candidate.load;
            if (held(resource) <= goal(resource)) {
                break;
            }
            if (connections.contains(load)) {
                LOG.debug(
                        "closing a connection peer={} resource={} held={}", load.peer(), resource, load.held(resource));
                load.close();
                closed++;
            }
        }
        return closed;
    }
}
