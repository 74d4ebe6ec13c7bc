package io.netsy.etcd.watch;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netsy.etcd.proto.rpc.WatchRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits to be sent on one stream, in order, and the only one who speaks to the call.
 *
 * <p>Safe for any thread. Whoever adds something drains as far as the transport is ready; when two meet, one of them
 * does the work of both, so that the call sees one caller at a time, and nobody ever waits for the client. Messages of one watcher
 * that had to wait leave as one.
 *
 * <p>Events are bounded ({@link WatchSettings.Outbound}): a full outbox refuses them and says when there is room again.
 * Answers to requests are always taken; they are bounded by reading no further request while many of them wait.
 */
final class Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final int MOST_CONTROL_MESSAGES = 64;
    /** What gRPC holds back by itself before it says that it is not ready. */
    private static final long MOST_MERGED_BYTES = 32 * 1024;

    private final ServerCall<WatchRequest, WatchFrame> call;
    private final WatchSettings.Outbound bounds;
    private final WatchCounters counters;
    private final Listener listener;
    private final AtomicInteger drains = new AtomicInteger();

    private final Deque<Item> queue = new ArrayDeque<>();
    private long queuedBytes;
    private long queuedEvents;
    private int queuedControls;
    /** Pieces of the first item that were sent already. */
    private int sentOfFirst;
    /** Bytes of the greatest message that was refused since there was room last; 0 when none was. */
    private long refusedBytes;

    private boolean requestWanted;
    private @Nullable Status closing;
    private boolean closed;

    /** For the draining thread alone. */
    private boolean headersSent;

    /** Hears what happens to the stream; on any thread, and must not block. */
    interface Listener {
        /** There is room again for what was refused. */
        void onWritable();

        /** The call can't be used any more. */
        void onBroken();
    }

    /**
     * One response, in one piece or in several that nothing may come between; a control response has no watcher.
     */
    private static final class Item {
        final @Nullable Watcher watcher;
        final List<WatchFrame> frames;
        final long sizeBytes;
        final int eventCount;

        Item(@Nullable Watcher watcher, List<WatchFrame> frames) {
            this.watcher = watcher;
            this.frames = frames;
            long size = 0;
            int events = 0;
            for (WatchFrame frame : frames) {
                size += frame.sizeBytes();
                events += frame.eventCount();
            }
            this.sizeBytes = size;
            this.eventCount = events;
        }

        /** Whether it may become one message with others of its watcher; one that may be cut stays as it is. */
        boolean isMergeable() {
            return watcher != null
                    && !watcher.spec.fragment()
                    && frames.getFirst().hasEvents();
        }
    }

    /** What the draining thread does next. */
    private record Step(
            @Nullable WatchFrame frame,
            boolean request,
            boolean writable,
            @Nullable Status close) {
        static final Step NOTHING = new Step(null, false, false, null);

        boolean isNothing() {
            return frame == null && !request && !writable && close == null;
        }
    }

    Outbox(
            ServerCall<WatchRequest, WatchFrame> call,
            WatchSettings.Outbound bounds,
            WatchCounters counters,
            Listener listener) {
        this.call = call;
        this.bounds = bounds;
        this.counters = counters;
        this.listener = listener;
    }

    /**
     * Adds one message of events, or refuses it when too much waits already. Answers true, and drops it, when the
     * watcher is muted or the stream is at its end.
     */
    boolean offerEvents(Watcher watcher, List<WatchFrame> frames) {
        Item item = new Item(watcher, frames);
        synchronized (this) {
            if (watcher.muted || isEnding()) {
                return true;
            }
            if (!hasRoomFor(item.sizeBytes)) {
                refusedBytes = Math.max(refusedBytes, item.sizeBytes);
                return false;
            }
            add(item);
        }
        drain();
        return true;
    }

    /** Adds a report of one watcher's progress if there is room: one that is not sent is not missed. */
    void offerProgress(Watcher watcher, WatchFrame frame) {
        Item item = new Item(watcher, List.of(frame));
        synchronized (this) {
            if (watcher.muted || isEnding() || !hasRoomFor(item.sizeBytes)) {
                return;
            }
            add(item);
        }
        drain();
    }

    /** Adds a response to a request. */
    void addControl(WatchFrame frame) {
        synchronized (this) {
            if (isEnding()) {
                return;
            }
            add(new Item(null, List.of(frame)));
        }
        drain();
    }

    /** Adds the watcher's last message, however much waits: there is one for each watcher at most. */
    void addLast(Watcher watcher, WatchFrame frame) {
        synchronized (this) {
            if (isEnding()) {
                return;
            }
            watcher.muted = true;
            add(new Item(watcher, List.of(frame)));
        }
        drain();
    }

    /**
     * Answers a cancel request: drops the watcher's messages that nothing was sent of, and takes no further ones. The
     * answer stands in the place of the first that is dropped, so that a progress report behind it, which rests on the
     * dropped events, reaches the client when it no longer counts on them.
     */
    void cancel(Watcher watcher, WatchFrame answer) {
        synchronized (this) {
            watcher.muted = true;
            if (isEnding()) {
                return;
            }
            List<Item> items = List.copyOf(queue);
            boolean answered = false;
            queue.clear();
            for (int i = 0; i < items.size(); i++) {
                Item item = items.get(i);
                boolean begun = i == 0 && sentOfFirst > 0;
                if (item.watcher != watcher || begun) {
                    queue.addLast(item);
                    continue;
                }
                account(-item.sizeBytes, -item.eventCount);
                if (!answered) {
                    add(new Item(null, List.of(answer)));
                    answered = true;
                }
            }
            if (!answered) {
                add(new Item(null, List.of(answer)));
            }
        }
        drain();
    }

    /** Whether a message was refused, and {@link Listener#onWritable} is still to come. */
    synchronized boolean isFull() {
        return refusedBytes > 0;
    }

    /** Lets the client's next request in, as soon as not too many answers wait. */
    void requestNext() {
        synchronized (this) {
            requestWanted = true;
        }
        drain();
    }

    /** Ends the stream; what waits is dropped. */
    void close(Status status) {
        synchronized (this) {
            if (isEnding()) {
                return;
            }
            closing = status;
            clear();
        }
        drain();
    }

    /** The call is over: nothing can be sent any more. */
    synchronized void abandon() {
        closed = true;
        clear();
    }

    /** Sends what the transport takes. */
    void drain() {
        if (drains.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            drainOnce();
            seen = drains.addAndGet(-seen);
        } while (seen != 0);
    }

    private void drainOnce() {
        Step step = nextStep();
        while (!step.isNothing()) {
            try {
                take(step);
            } catch (RuntimeException e) {
                LOG.warn("watch stream broke while it was written to: peer={}", call.getAttributes(), e);
                abandon();
                listener.onBroken();
                return;
            }
            step = nextStep();
        }
    }

    private void take(Step step) {
        if (step.close != null) {
            call.close(step.close, new Metadata());
            return;
        }
        if (step.request) {
            call.request(1);
        }
        if (step.writable) {
            listener.onWritable();
        }
        if (step.frame != null) {
            if (!headersSent) {
                headersSent = true;
                call.sendHeaders(new Metadata());
            }
            call.sendMessage(step.frame);
        }
    }

    private synchronized Step nextStep() {
        if (closed) {
            return Step.NOTHING;
        }
        if (closing != null) {
            closed = true;
            return new Step(null, false, false, closing);
        }
        WatchFrame frame = call.isReady() ? poll() : null;
        boolean request = requestWanted && queuedControls < MOST_CONTROL_MESSAGES;
        if (request) {
            requestWanted = false;
        }
        boolean writable = refusedBytes > 0 && hasRoomAgain();
        if (writable) {
            refusedBytes = 0;
        }
        return new Step(frame, request, writable, null);
    }

    /** What is sent next: one piece, or as many waiting messages of one watcher as make up one of fair size. */
    private @Nullable WatchFrame poll() {
        Item first = queue.peekFirst();
        if (first == null) {
            return null;
        }
        if (sentOfFirst == 0 && first.isMergeable()) {
            return pollMerged(first);
        }
        WatchFrame frame = first.frames.get(sentOfFirst++);
        if (sentOfFirst == first.frames.size()) {
            sentOfFirst = 0;
            removeFirst();
        }
        return frame;
    }

    private WatchFrame pollMerged(Item first) {
        removeFirst();
        if (!nextJoins(first, first.sizeBytes)) {
            return first.frames.getFirst();
        }
        List<WatchFrame> frames = new ArrayList<>(first.frames);
        long bytes = first.sizeBytes;
        do {
            Item next = queue.getFirst();
            frames.addAll(next.frames);
            bytes += next.sizeBytes;
            removeFirst();
        } while (nextJoins(first, bytes));
        return WatchFrame.merged(frames);
    }

    private boolean nextJoins(Item first, long bytes) {
        Item next = queue.peekFirst();
        return next != null
                && next.watcher == first.watcher
                && next.isMergeable()
                && bytes + next.sizeBytes <= MOST_MERGED_BYTES;
    }

    private void removeFirst() {
        Item removed = queue.removeFirst();
        account(-removed.sizeBytes, -removed.eventCount);
        if (removed.watcher == null) {
            queuedControls--;
        }
    }

    private boolean isEnding() {
        return closed || closing != null;
    }

    private void add(Item item) {
        queue.addLast(item);
        account(item.sizeBytes, item.eventCount);
        if (item.watcher == null) {
            queuedControls++;
        }
    }

    private void clear() {
        account(-queuedBytes, -queuedEvents);
        queue.clear();
        queuedControls = 0;
        sentOfFirst = 0;
        refusedBytes = 0;
    }

    private void account(long bytes, long events) {
        if (events != 0) {
            queuedEvents += events;
            counters.queuedEvents.add(events);
        }
        queuedBytes += bytes;
        counters.queuedBytes.addAndGet(bytes);
    }

    private boolean hasRoomFor(long bytes) {
        return queue.isEmpty()
                || (queue.size() < bounds.streamMessages()
                        && queuedBytes + bytes <= bounds.streamBytes()
                        && counters.queuedBytes.get() < bounds.totalBytes());
    }

    /** Only when half of it is empty, so that a slow client is served in few large steps. */
    private boolean hasRoomAgain() {
        return queue.isEmpty() || (queue.size() <= bounds.streamMessages() / 2 && hasRoomFor(refusedBytes));
    }
}
