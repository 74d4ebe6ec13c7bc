package io.netsy.etcd.watch;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * One encoded WatchResponse: fields of its own in front, then events whose bytes many frames share.
 *
 * <p>That is a valid encoding of the message, because its fields stand in the order of their numbers and the events,
 * field 11, are the last. Immutable.
 */
final class WatchFrame {
    /** Writes frames as they are. */
    static final Marshaller<WatchFrame> MARSHALLER = new Marshaller<>() {
        @Override
        public InputStream stream(WatchFrame frame) {
            return new FrameStream(frame);
        }

        @Override
        public WatchFrame parse(InputStream stream) {
            try {
                return new WatchFrame(stream.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException("reading a watch response", e);
            }
        }
    };

    private static final byte[][] NO_EVENTS = new byte[0][];

    private final byte[] head;
    private final byte[][] events;
    private final int from;
    private final int to;
    private final long sizeBytes;

    private WatchFrame(byte[] head, byte[][] events, int from, int to, long sizeBytes) {
        this.head = head;
        this.events = events;
        this.from = from;
        this.to = to;
        this.sizeBytes = sizeBytes;
    }

    /** A frame without events. */
    WatchFrame(byte[] head) {
        this(head, NO_EVENTS, 0, 0, head.length);
    }

    /** A frame of the head and of the batch's events from {@code from} (inclusive) to {@code to} (exclusive). */
    static WatchFrame of(byte[] head, EventBatch batch, int from, int to) {
        return new WatchFrame(head, batch.encoded(), from, to, head.length + batch.sizeBytes(from, to));
    }

    /** One frame of all their events, under the head of the last; they are of one watcher and in order. */
    static WatchFrame merged(List<WatchFrame> frames) {
        int count = 0;
        long size = frames.getLast().head.length;
        for (WatchFrame frame : frames) {
            count += frame.to - frame.from;
            size += frame.sizeBytes - frame.head.length;
        }
        byte[][] events = new byte[count][];
        int filled = 0;
        for (WatchFrame frame : frames) {
            System.arraycopy(frame.events, frame.from, events, filled, frame.to - frame.from);
            filled += frame.to - frame.from;
        }
        return new WatchFrame(frames.getLast().head, events, 0, count, size);
    }

    int eventCount() {
        return to - from;
    }

    boolean hasEvents() {
        return from < to;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /** Reads a frame piece by piece, or pours it out whole, which is what gRPC does when it writes to the network. */
    private static final class FrameStream extends InputStream implements Drainable, KnownLength {
        private final WatchFrame frame;
        private byte[] piece;
        private int offset;
        private int next;
        private long left;

        FrameStream(WatchFrame frame) {
            this.frame = frame;
            this.piece = frame.head;
            this.next = frame.from;
            this.left = frame.sizeBytes;
        }

        @Override
        public int available() {
            return Math.toIntExact(left);
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] target, int start, int length) {
            if (length == 0) {
                return 0;
            }
            if (!hasPiece()) {
                return -1;
            }
            int count = Math.min(length, piece.length - offset);
            System.arraycopy(piece, offset, target, start, count);
            offset += count;
            left -= count;
            return count;
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            int count = available();
            while (hasPiece()) {
                target.write(piece, offset, piece.length - offset);
                left -= piece.length - offset;
                offset = piece.length;
            }
            return count;
        }

        private boolean hasPiece() {
            while (offset == piece.length && next < frame.to) {
                piece = frame.events[next++];
                offset = 0;
            }
            return offset < piece.length;
        }
    }
}
