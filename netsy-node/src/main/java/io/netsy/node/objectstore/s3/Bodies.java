package io.netsy.node.objectstore.s3;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.CRC32C;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;

/** Bodies of requests from memory that are read where they lie, as often as the SDK asks: to sign them, to send them. */
final class Bodies {

    static final String CONTENT_TYPE = "application/octet-stream";

    private Bodies() {}

    static RequestBody of(ByteBuffer... buffers) {
        return RequestBody.fromContentProvider(
                ContentStreamProvider.fromInputStreamSupplier(() -> new BufferStream(buffers)),
                sizeOf(buffers),
                CONTENT_TYPE);
    }

    static long sizeOf(ByteBuffer... buffers) {
        long sizeBytes = 0;
        for (ByteBuffer buffer : buffers) {
            sizeBytes += buffer.remaining();
        }
        return sizeBytes;
    }

    /** The value of the header {@code x-amz-checksum-crc32c}. */
    static String crc32c(ByteBuffer... buffers) {
        CRC32C crc = new CRC32C();
        for (ByteBuffer buffer : buffers) {
            crc.update(buffer.duplicate());
        }
        byte[] bytes =
                ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** The remaining bytes of buffers, one after the other, without moving their positions. */
    private static final class BufferStream extends InputStream {

        private final ByteBuffer[] buffers;
        private int current;

        BufferStream(ByteBuffer[] buffers) {
            this.buffers = new ByteBuffer[buffers.length];
            for (int i = 0; i < buffers.length; i++) {
                this.buffers[i] = buffers[i].duplicate();
            }
        }

        @Override
        public int read() {
            return moveToRemaining() ? buffers[current].get() & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (length == 0) {
                return 0;
            }
            if (!moveToRemaining()) {
                return -1;
            }
            int count = Math.min(length, buffers[current].remaining());
            buffers[current].get(target, offset, count);
            return count;
        }

        @Override
        public int available() {
            return moveToRemaining() ? buffers[current].remaining() : 0;
        }

        private boolean moveToRemaining() {
            while (current < buffers.length && !buffers[current].hasRemaining()) {
                current++;
            }
            return current < buffers.length;
        }
    }
}
