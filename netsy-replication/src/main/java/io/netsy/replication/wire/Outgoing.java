package io.netsy.replication.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An encoded message on its way out: a small head, and behind it the array of a frame, which all streams share.
 *
 * <p>It is taken in slices, since a socket copies what it is given out of the heap, and a standby that does not read shall
 * not hold a copy of a whole frame. For one thread at a time.
 */
final class Outgoing {
    private final ByteBuffer head;
    private final @Nullable ByteBuffer frame;

    Outgoing(ByteBuffer head, @Nullable ByteBuffer frame) {
        this.head = head;
        this.frame = frame;
    }

    /** Bytes that were not taken yet. */
    int remaining() {
        return head.remaining() + (frame == null ? 0 : frame.remaining());
    }

    /** Takes the next bytes, without copying them. */
    ByteBuf next(int maxBytes) {
        ByteBuffer from = head.hasRemaining() || frame == null ? head : frame;
        int size = Math.min(maxBytes, from.remaining());
        ByteBuffer slice = from.slice(from.position(), size);
        from.position(from.position() + size);
        return Unpooled.wrappedBuffer(slice);
    }
}
