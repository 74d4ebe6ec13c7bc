package io.netsy.replication.wire;

import io.netsy.replication.core.PeerMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way out of a stream: an ordered queue that every thread may add to and that the event loop empties into the channel,
 * one slice after the other for as long as the channel takes them.
 *
 * <p>The queue is bounded by whoever sends. What the channel holds is bounded by its high water mark and one slice.
 */
final class ChannelStream implements PeerStream {
    private static final AtomicLong IDS = new AtomicLong();
    private static final int SLICE_BYTES = 64 << 10;
    private static final long FAREWELL_MILLIS = 1_000;

    private final long id = IDS.incrementAndGet();
    private final EventLoop loop;
    private final String remote;
    private final Consumer<String> closer;
    private final Queue<Outgoing> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong unsent = new AtomicLong();
    private final AtomicBoolean wakeUnderWay = new AtomicBoolean();
    private volatile boolean ending;
    private volatile boolean begun;

    /** Event loop only: null until the connection stands, and once it is gone. */
    private @Nullable Channel channel;

    /** Event loop only: the connection is gone, and so is what was to be sent. */
    private boolean gone;

    /** Event loop only: the channel is closed once everything is written. */
    private boolean closeWhenWritten;

    /**
     * @param closer ends the stream for a reason of this side; called on the event loop
     */
    ChannelStream(EventLoop loop, String remote, Consumer<String> closer) {
        this.loop = loop;
        this.remote = remote;
        this.closer = closer;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public String remote() {
        return remote;
    }

    @Override
    public long unsentBytes() {
        return unsent.get();
    }

    @Override
    public void send(PeerMessage message) {
        if (message instanceof PeerMessage.Bye bye) {
            close(bye.reason());
        } else if (!ending) {
            if (message instanceof PeerMessage.Begin) {
                begin();
            }
            enqueue(MessageWriter.encode(message));
        }
    }

    /** Adds what is encoded already. Any thread. */
    void enqueue(Outgoing outgoing) {
        unsent.addAndGet(outgoing.remaining());
        queue.add(outgoing);
        wake();
    }

    @Override
    public void close(String reason) {
        ending = true;
        onLoop(() -> closer.accept(reason));
    }

    /** The primary took the standby in. Any thread. */
    void begin() {
        begun = true;
    }

    /** Whether the primary took the standby in. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether nothing is to be handed on any more. */
    boolean isEnding() {
        return ending;
    }

    /** Has the queue emptied at the end of this turn of the event loop. Any thread. */
    void wake() {
        if (wakeUnderWay.compareAndSet(false, true)) {
            onLoop(() -> {
                wakeUnderWay.set(false);
                drain();
            });
        }
    }

    /** An event loop that was stopped runs nothing, so its work is done here. */
    void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException _) {
            task.run();
        }
    }

    /** The connection stands. Event loop only. */
    void open(Channel established) {
        channel = established;
        wake();
    }

    /** The connection is gone. Event loop only. */
    void gone() {
        ending = true;
        gone = true;
        channel = null;
        drain();
    }

    /** Closes the channel behind a last message, or by force when the other side does not take it. Event loop only. */
    void finish(Outgoing farewell) {
        ending = true;
        Channel open = channel;
        if (open == null) {
            gone();
            return;
        }
        unsent.addAndGet(farewell.remaining());
        queue.add(farewell);
        closeWhenWritten = true;
        drain();
        Runnable force = () -> {
            var _ = open.close();
        };
        var _ = loop.schedule(force, FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void drain() {
        Channel open = channel;
        if (open != null) {
            write(open);
        } else if (gone) {
            drop();
        }
    }

    private void write(Channel open) {
        for (Outgoing next = queue.peek(); next != null && open.isWritable(); next = queue.peek()) {
            ByteBuf slice = next.next(SLICE_BYTES);
            if (next.remaining() == 0) {
                queue.remove();
            }
            int size = slice.readableBytes();
            open.write(slice).addListener(result -> written(open, size, result.cause()));
        }
        open.flush();
    }

    private void written(Channel open, int size, @Nullable Throwable failure) {
        boolean empty = unsent.addAndGet(-size) == 0;
        if (failure != null && open.isActive()) {
            open.pipeline().fireExceptionCaught(failure);
        } else if (failure == null && closeWhenWritten && empty) {
            var _ = open.close();
        }
    }

    private void drop() {
        for (Outgoing next = queue.poll(); next != null; next = queue.poll()) {
            unsent.addAndGet(-next.remaining());
        }
    }

    @Override
    public String toString() {
        return "stream %d with %s".formatted(id, remote);
    }
}
