package io.netsy.bench.load;

import io.netsy.bench.clock.NanoClock;
import io.netsy.bench.stats.ErrorCounts;
import io.netsy.bench.stats.LatencyHistogram;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Many clients that each repeat one operation, on one event loop.
 *
 * <p>1. Each client begins an operation on its connection; with fewer clients than servers, on each connection in turn.
 * 2. When it ends, its latency is recorded and the client begins the next, at once or, with a rate, when the next one is
 * due; then the latency counts from when it was due, so that a stall of the server shows in it. 3. A client whose
 * operation failed pauses for 10 ms. 4. An operation past the timeout is given up. 5. When the extent is used up, clients
 * stop as their operation ends; the last one ends the load.
 */
public final class LoadLoop {
    private static final long ERROR_PAUSE_MILLIS = 10;
    private static final long SWEEP_MILLIS = 250;

    private final EventLoop loop;
    private final NanoClock clock;
    private final Pace pace;
    private final long timeoutNanos;
    private final List<Slot> slots = new ArrayList<>();
    private final List<Work> works = new ArrayList<>();

    private final Map<Series, LatencyHistogram> latencies = new EnumMap<>(Series.class);
    private ErrorCounts errors = new ErrorCounts();
    private CompletableFuture<LoadResult> finished = new CompletableFuture<>();
    private long begunNanos;
    private long begunCpuNanos;
    private long remaining;
    private long endNanos;
    private double nextDueNanos;
    private int active;

    public LoadLoop(Connections connections, NanoClock clock, Pace pace, Workload workload) {
        this.loop = connections.loop();
        this.clock = clock;
        this.pace = pace;
        this.timeoutNanos = connections.target().timeout().toNanos();
        boolean fewerClientsThanServers =
                pace.clients() < connections.target().endpoints().size();
        for (int i = 0; i < pace.clients(); i++) {
            Slot slot = new Slot(this, i, fewerClientsThanServers ? connections.inTurn() : connections.channelOf(i));
            slots.add(slot);
            works.add(workload.workOf(slot));
        }
    }

    /** Runs the load and blocks until its last operation has ended. Not for the loop's own thread. */
    public LoadResult run(Extent extent) throws InterruptedException {
        CompletableFuture<LoadResult> result = new CompletableFuture<>();
        finished = result;
        loop.execute(() -> begin(extent));
        ScheduledFuture<?> sweep =
                loop.scheduleAtFixedRate(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        try {
            return result.get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException("a client of the load failed", failure.getCause());
        } finally {
            sweep.cancel(false);
        }
    }

    private void begin(Extent extent) {
        latencies.clear();
        errors = new ErrorCounts();
        begunNanos = clock.nanos();
        begunCpuNanos = cpuNanos();
        nextDueNanos = begunNanos;
        switch (extent) {
            case Extent.Operations(long count) -> limit(count, Duration.ofDays(365));
            case Extent.Time(Duration length) -> limit(Long.MAX_VALUE, length);
        }
        active = slots.size();
        slots.forEach(this::next);
    }

    private void limit(long operations, Duration length) {
        remaining = operations;
        endNanos = begunNanos + length.toNanos();
    }

    int clients() {
        return pace.clients();
    }

    void succeeded(Slot slot, Series series) {
        latencies.computeIfAbsent(series, _ -> new LatencyHistogram()).record(clock.nanos() - slot.startedNanos());
        next(slot);
    }

    void failed(Slot slot, String kind) {
        errors.add(kind, 1);
        var _ = loop.schedule(() -> next(slot), ERROR_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void next(Slot slot) {
        long now = clock.nanos();
        long due = now;
        if (pace.isLimited()) {
            due = (long) nextDueNanos;
        }
        if (remaining == 0 || Math.max(now, due) - endNanos >= 0) {
            retire();
            return;
        }
        remaining--;
        nextDueNanos += pace.isLimited() ? pace.intervalNanos() : 0;
        if (due > now) {
            long dueNanos = due;
            var _ = loop.schedule(() -> start(slot, dueNanos), due - now, TimeUnit.NANOSECONDS);
        } else {
            start(slot, due);
        }
    }

    private void start(Slot slot, long atNanos) {
        slot.begin(atNanos);
        try {
            works.get(slot.index()).start();
        } catch (RuntimeException | Error failure) {
            abort(failure);
        }
    }

    /** Ends the load with a fault of this program. */
    void abort(Throwable failure) {
        finished.completeExceptionally(failure);
    }

    private void retire() {
        if (--active == 0) {
            finished.complete(new LoadResult(
                    clock.nanos() - begunNanos, new EnumMap<>(latencies), errors, cpuNanos() - begunCpuNanos));
        }
    }

    private void sweep() {
        long now = clock.nanos();
        for (Slot slot : slots) {
            if (slot.isOverdue(now, timeoutNanos)) {
                slot.giveUp();
                works.get(slot.index()).cancel();
            }
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getProcessCpuTime();
    }
}
